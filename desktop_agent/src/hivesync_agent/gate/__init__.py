"""Who may talk to the agent: checked in front of every route, before anything else happens."""
