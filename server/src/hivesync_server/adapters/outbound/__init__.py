"""Requests to addresses that users chose: to public ones only, to the one that was checked, and briefly."""
