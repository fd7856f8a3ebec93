"""The discovery file: where it lies and what it says. Reading and writing it is the callers' work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hivesync_contract.errors import ErrorCode, HiveSyncError

API_PREFIX = "/hivesync-desktop-api"
DEFAULT_PROFILE = "default"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_PROFILE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_DEVICE = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]")
"""Names that Windows gives to devices, in every folder."""


class DiscoveryInvalid(HiveSyncError):
    """The discovery file is not what an agent writes; treat the agent as absent."""

    code = ErrorCode.UPSTREAM_UNREACHABLE


@dataclass(frozen=True, slots=True)
class ProtocolRange:
    """Versions of the local protocol that an agent speaks, both ends included."""

    min: int
    max: int


@dataclass(frozen=True, slots=True)
class DiscoveryFile:
    """Content of `desktop-agent.json`. `token` is a secret of this machine and user, new on every start."""

    pid: int
    port: int
    url: str
    token: str
    instance_id: str
    version: str
    protocol: ProtocolRange
    profile: str
    started_at: str
    schema: Literal[1] = 1
    server_url: str | None = None
    """The backend that this agent serves, so that a client can tell whether it is the one it means."""
    forwarded_from: str | None = None
    """The machine on which this agent runs, if that is another one: it does not see this machine's files."""

    @classmethod
    def from_json(cls, data: Any) -> DiscoveryFile:
        """Check parsed JSON and give the model; raise `DiscoveryInvalid` naming the field that is wrong.

        The address is rebuilt from the port, so a tampered `url` can't send a token elsewhere.
        """
        if not isinstance(data, dict):
            raise DiscoveryInvalid("The discovery file does not hold a JSON object.")
        protocol = _field(data, "protocol", dict)
        port = _field(data, "port", int)
        token = _field(data, "token", str)
        if data.get("schema") != 1:
            raise DiscoveryInvalid("The discovery file has an unknown schema; update HiveSync.")
        if not 0 < port < 65536:
            raise DiscoveryInvalid("The discovery file names an impossible port.")
        if not _TOKEN.fullmatch(token):
            raise DiscoveryInvalid("The discovery file holds a malformed token.")
        return cls(
            pid=_field(data, "pid", int),
            port=port,
            url=local_url(port),
            token=token,
            instance_id=_field(data, "instance_id", str),
            version=_field(data, "version", str),
            protocol=ProtocolRange(_field(protocol, "min", int), _field(protocol, "max", int)),
            profile=_field(data, "profile", str),
            started_at=_field(data, "started_at", str),
            server_url=_optional_text(data, "server_url"),
            forwarded_from=_optional_text(data, "forwarded_from"),
        )


def _field(data: Mapping[str, Any], name: str, kind: type) -> Any:
    value = data.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise DiscoveryInvalid(f"The discovery file has no valid {name!r}.")
    return value


def _optional_text(data: Mapping[str, Any], name: str) -> str | None:
    return _field(data, name, str) if data.get(name) is not None else None


def local_url(port: int) -> str:
    """Give the local API's address. The literal address, since `localhost` may be `::1`."""
    return f"http://127.0.0.1:{port}{API_PREFIX}"


def check_profile(profile: str) -> str:
    """Give the profile name back if it is safe in a file name, else raise `ValueError`."""
    if not _PROFILE.fullmatch(profile):
        raise ValueError(f"profile {profile!r} must be 1–32 of a-z, 0-9, '-' and '_'")
    if _DEVICE.fullmatch(profile):
        raise ValueError(f"profile {profile!r} is the name of a device on Windows")
    return profile


def runtime_dir(platform: str, environ: Mapping[str, str], home: Path) -> Path:
    """Give the folder of discovery file and lock on `platform` (a value of `sys.platform`)."""
    if override := environ.get("HIVESYNC_RUNTIME_DIR"):
        return Path(override)
    if platform == "darwin":
        return home / "Library" / "Application Support" / "HiveSync" / "run"
    if platform == "win32":
        local = environ.get("LOCALAPPDATA")
        return (Path(local) if local else home / "AppData" / "Local") / "HiveSync" / "run"
    if runtime := environ.get("XDG_RUNTIME_DIR"):
        return Path(runtime) / "hivesync"
    return home / ".local" / "state" / "hivesync" / "run"


def discovery_name(profile: str) -> str:
    """Give the file's name for a profile."""
    check_profile(profile)
    return "desktop-agent.json" if profile == DEFAULT_PROFILE else f"desktop-agent.{profile}.json"


def profile_of(name: str) -> str | None:
    """Give the profile whose discovery file has this name, None for any other file."""
    middle = name.removeprefix("desktop-agent").removesuffix(".json")
    if name != f"desktop-agent{middle}.json":
        return None
    if not middle:
        return DEFAULT_PROFILE
    profile = middle.removeprefix(".")
    return profile if profile != middle and _PROFILE.fullmatch(profile) else None


def lock_name(profile: str) -> str:
    """Give the name of the lock that the profile's agent holds while it lives."""
    check_profile(profile)
    return "desktop-agent.lock" if profile == DEFAULT_PROFILE else f"desktop-agent.{profile}.lock"
