"""What must be set where others are served: all that is not is named at once, and not one at each start."""

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


def check_all_set(read: Environment, env: EnvName) -> None:
    """Raise `SettingInvalid`, whose message names every required variable that has no value."""
    unset = [name for name in _ALWAYS if not read.text(name)]
    if not read.text("DATABASE_URL"):
        # Else a forgotten line would put accounts into a file that ends with its container.
        parts = [name for name in ("POSTGRES_HOST", "POSTGRES_PASSWORD") if not read.text(name)]
        unset.extend(f"{name} (or DATABASE_URL)" for name in parts)
    if unset:
        first, *others = unset
        more = f", and so must {', '.join(others)}" if others else ""
        raise SettingInvalid(first, f"must be set in {env}{more}.")
