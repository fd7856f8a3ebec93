"""Seals anew what a former key has sealed, so that the former JWT_SECRET is needed no longer."""
