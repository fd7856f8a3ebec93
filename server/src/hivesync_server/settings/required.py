"""What must be set where others are served: all that is not is named at once, and not one at each start.

Refuses what docker-compose.yml falls back on, too: everybody can read it there.
"""

from __future__ import annotations

from hivesync_server.settings.environment import Environment, SettingInvalid
from hivesync_server.settings.groups import EnvName

_ALWAYS = (
    "BASE_URL",
    "JWT_SECRET",
    "WORKER_SHARED_SECRET",
    "WORKER_URL",
    "R2_ENDPOINT",
    "R2_ACCESS_KEY",
    "R2_SECRET_KEY",
)
_PUBLISHED = {
    "POSTGRES_PASSWORD": "hivesync-local",
    "WORKER_SHARED_SECRET": "compose-on-this-machine-only-7f3a9c51",
    "WORKER_SHARED_SECRET_PREVIOUS": "compose-on-this-machine-only-7f3a9c51",
}


def check_all_set(read: Environment, env: EnvName) -> None:
    """Raise `SettingInvalid`, whose message names every required variable that has no value, or a default."""
    unset = [name for name in _ALWAYS if not read.text(name)]
    if not read.text("DATABASE_URL"):
        # Else a forgotten line would put accounts into a file that ends with its container.
        parts = [name for name in ("POSTGRES_HOST", "POSTGRES_PASSWORD") if not read.text(name)]
        unset.extend(f"{name} (or DATABASE_URL)" for name in parts)
    if unset:
        first, *others = unset
        more = f", and so must {', '.join(others)}" if others else ""
        raise SettingInvalid(first, f"must be set in {env}{more}.")
    for name, default in _PUBLISHED.items():
        if read.text(name) == default:
            raise SettingInvalid(name, f"must not be docker-compose.yml's default in {env}: all can read it.")
