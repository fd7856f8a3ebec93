"""The admin pages: what `/api/v1/admin` gives, for a browser."""
