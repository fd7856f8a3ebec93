"""Removing HiveSync from a user's account: everything that it has made here, and nothing else."""
