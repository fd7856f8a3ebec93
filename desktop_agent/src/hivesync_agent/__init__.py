"""The desktop agent: one local address for every editor. It forwards, signs and previews; it has no page."""

VERSION = "0.1.0"
"""The release, as answers, logs and the discovery file name it; a test compares it with the distribution."""
