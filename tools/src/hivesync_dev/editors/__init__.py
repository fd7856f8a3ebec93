"""Real editors for tests of the plugins: which there are, and how a test drives them."""
