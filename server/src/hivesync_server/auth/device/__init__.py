"""Device sign-in (RFC 8628): a program shows a code, the user approves it in a browser."""
