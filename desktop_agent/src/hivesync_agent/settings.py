"""What one agent is told at start, in one frozen object. Reads nothing later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hivesync.credentials.account import Account
from hivesync.locations import Locations
from hivesync.settings import Settings


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """One agent's configuration. `api_key` is a secret, so it is left out of `repr`."""

    server_url: str
    profile: str
    locations: Locations
    api_key: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    """`SSL_CERT_FILE`: certificates of a corporate proxy, trusted beside the system's own."""
    connect_seconds: float = 10.0
    idle_seconds: float = 60.0
    """Longest silence of the backend before, or inside, an answer."""
    drain_seconds: float = 5.0
    """How long requests in flight may finish after a signal."""
    health_seconds: float = 30.0
    """How long a health check stays good; nothing is polled between two questions."""
    status_seconds: float = 1.0
    """The same for who asks for the status, and wants to know how it is now."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, profile: str | None = None) -> AgentSettings:
        """Read the variables that agent, CLI and SDK share, or raise `SettingsInvalid` naming one."""
        shared = Settings.from_env(environ, profile=profile)
        return cls(
            server_url=shared.server_url,
            profile=shared.profile,
            locations=Locations.detect(environ),
            api_key=shared.token,
            ca_file=environ.get("SSL_CERT_FILE") or None,
        )

    @property
    def account(self) -> Account:
        """Whose credentials this agent holds; nothing is looked up under another origin."""
        return Account(self.server_url, self.profile)
