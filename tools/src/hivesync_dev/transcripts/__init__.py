"""Golden transcripts: what real servers answer, exchange by exchange, for the tests of every client."""
