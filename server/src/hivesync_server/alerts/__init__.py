"""Alerts to a server's administrators: once for each trouble, in the app, by mail and in Slack."""
