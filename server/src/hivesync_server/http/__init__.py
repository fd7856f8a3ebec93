"""What every HTTP route shares: request ids, one transaction each, idempotency, conditional answers."""
