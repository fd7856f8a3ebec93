"""The second factor (RFC 6238): a code of an authenticator app, or one of ten recovery codes."""
