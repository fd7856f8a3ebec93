"""What `import hivesync` promises: these names, quickly, and nothing loaded that was not asked for."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import hivesync
import pytest
from hivesync_contract.errors import HiveSyncError

PUBLIC = {
    "AgentAbsent",
    "AnswerTooLong",
    "ApiError",
    "AsyncClient",
    "AuthenticationFailed",
    "CallInvalid",
    "Client",
    "Conflicting",
    "Event",
    "HiveSyncError",
    "InvalidInput",
    "KeychainLocked",
    "KeychainTimeout",
    "KeychainUnavailable",
    "Locations",
    "Mode",
    "NotFound",
    "Offline",
    "OfflineQueued",
    "PermissionDenied",
    "PreviewFailed",
    "ProtocolUnsupported",
    "Response",
    "ResponseInvalid",
    "ServiceFailed",
    "Settings",
    "SettingsInvalid",
    "SignedOut",
    "TierLimitReached",
    "TooLarge",
    "TooManyRequests",
    "UNSET",
    "Way",
    "WayReason",
    "__version__",
}
HEAVY = ("httpx", "msgspec", "keyring", "asyncio", "ssl", "truststore", "aiohttp")


def test_the_public_names_are_pinned() -> None:
    assert set(hivesync.__all__) == PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_can_be_had(name: str) -> None:
    assert getattr(hivesync, name) is getattr(hivesync, name)


def test_every_public_error_has_the_one_base() -> None:
    values = [getattr(hivesync, name) for name in PUBLIC]
    errors = [value for value in values if isinstance(value, type) and issubclass(value, Exception)]
    assert len(errors) > 15
    assert all(issubclass(error, HiveSyncError) for error in errors)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = hivesync.Nothing


def test_the_version_is_the_distribution_s() -> None:
    assert hivesync.__version__ == version("hivesync-sdk")


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = f"import sys, hivesync; print([name for name in {HEAVY} if name in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-S", "-c", _with_path(program)], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_reading_settings_and_folders_loads_nothing_heavy() -> None:
    program = (
        "import sys; from hivesync import Locations, Settings; Settings.from_env({}); Locations.detect();"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-S", "-c", _with_path(program)], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def _with_path(program: str) -> str:
    """-S leaves out what the environment itself imports at start; the import path is given instead."""
    return f"import sys; sys.path[:] = {sys.path!r}; {program}"
