"""Quotas: what a user may do in an hour, a day or a minute, and how much at once."""
