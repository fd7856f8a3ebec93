"""What proves an account to be someone's: its address and its password, and how both are changed."""
