"""Help: a FAQ, answers found in it, and a way to the people who run this server."""
