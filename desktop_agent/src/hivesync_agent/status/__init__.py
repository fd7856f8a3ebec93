"""What the agent tells about itself, and the few things it can be told to do."""
