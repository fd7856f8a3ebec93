"""Events for editors: what the backend and the agent itself have to say, as they happen."""
