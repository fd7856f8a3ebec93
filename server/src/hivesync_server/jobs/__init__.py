"""Jobs: recorded with their outbox row, delivered to the Worker, ended by its callback or a deadline."""
