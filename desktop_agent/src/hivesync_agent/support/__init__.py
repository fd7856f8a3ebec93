"""What helps to find a fault, collected without secrets. Sends nothing anywhere."""
