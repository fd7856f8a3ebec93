"""Changes made while the backend is away: kept durably, sent once and in order, never dropped silently."""
