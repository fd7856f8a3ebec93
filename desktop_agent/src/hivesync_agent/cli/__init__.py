"""The `hivesync` command: a client of the local API, like any editor. Knows nothing of the agent's inside."""
