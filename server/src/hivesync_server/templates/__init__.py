"""Templates: what a new project can begin with."""
