"""API keys: how scripts and CI prove whose they are."""
