"""The editor plugins that come with the agent: found, installed, listed and removed. Part of the command."""
