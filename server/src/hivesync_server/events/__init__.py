"""Events: what happened to a user's things, kept for a while so that a listener can catch up."""
