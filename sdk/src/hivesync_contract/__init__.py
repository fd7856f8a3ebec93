"""The names and shapes that every part of HiveSync agrees on.

Standard library only, and no I/O: the agent, the SDK, the server and the code generators all import
it, so it must stay cheap to load. JSON Schema and TypeScript are generated from it (`make generate`).
"""

PROTOCOL_MIN = 1
"""Oldest version of the local protocol that this release speaks."""

PROTOCOL_MAX = 1
"""Newest version of the local protocol that this release speaks."""

API_MIN = 1
"""Oldest version of the backend's API (`/api/v1`) that this release serves, or speaks."""

API_MAX = 1
"""Newest version of the backend's API that this release serves, or speaks."""
