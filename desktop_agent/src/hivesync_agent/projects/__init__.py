"""What lies in the user's project folders, and which part of it may leave the machine."""
