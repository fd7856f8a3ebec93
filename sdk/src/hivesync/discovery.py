"""Find the agent by its discovery file. Believes nothing that another user could have written."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hivesync_contract import PROTOCOL_MAX, PROTOCOL_MIN
from hivesync_contract.discovery import DiscoveryFile, DiscoveryInvalid
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync._errors import AgentAbsent
from hivesync._way import WayReason
from hivesync.settings import SettingsInvalid

_SIZE_MAX_BYTES = 65_536
_OF_THIS_MACHINE = frozenset(
    {"/v1/previews", "/v1/projects", "/v1/ai-docs", "/v1/support-bundle", "/v1/shutdown"}
)


class ProtocolUnsupported(HiveSyncError):
    """Agent and SDK have no protocol version in common; one of them must be updated."""

    code = ErrorCode.PROTOCOL_UNSUPPORTED

    def __init__(self, detail: str, reason: WayReason) -> None:
        super().__init__(detail)
        self.reason = reason


class AgentElsewhere(HiveSyncError):
    """The agent runs on another machine: a path of ours would name a file of that one, or nothing."""

    code = ErrorCode.FORBIDDEN


class BackendDiffers(SettingsInvalid):
    """The agent of this profile serves another backend than HIVESYNC_SERVER_URL names."""


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Tells two writings of the discovery file apart without reading it."""

    inode: int
    size: int
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> FileStamp | None:
        """Give the file's stamp, None if there is none."""
        try:
            info = path.lstat()
        except OSError:
            return None
        return cls(info.st_ino, info.st_size, info.st_mtime_ns)


def read_discovery(path: Path) -> DiscoveryFile:
    """Read and check the file; raise `AgentAbsent` with the reason, or `ProtocolUnsupported`."""
    try:
        found = DiscoveryFile.from_json(_parsed(_read_owned(path)))
    except DiscoveryInvalid as exc:
        raise _distrusted(exc.detail) from exc
    if found.protocol.min > PROTOCOL_MAX or found.protocol.max < PROTOCOL_MIN:
        raise ProtocolUnsupported(
            f"The agent {found.version} speaks protocol {found.protocol.min} to {found.protocol.max}, "
            f"this client {PROTOCOL_MIN} to {PROTOCOL_MAX}; update the older one.",
            WayReason.AGENT_TOO_NEW if found.protocol.min > PROTOCOL_MAX else WayReason.AGENT_TOO_OLD,
        )
    return found


def check_backend(file: DiscoveryFile, server_url: str) -> None:
    """Raise `BackendDiffers` unless the agent serves this backend. One before 0.1 does not say."""
    if file.server_url not in (None, server_url):
        raise BackendDiffers(
            f"The agent of profile {file.profile!r} serves {file.server_url}, but HIVESYNC_SERVER_URL is "
            f"{server_url}. Run `hivesync agent restart`, or use another profile (`--profile`) for it."
        )


def check_reach(file: DiscoveryFile, method: str, path: str) -> None:
    """Raise `AgentElsewhere` for what takes an agent of this machine, where another machine's is used."""
    if file.forwarded_from is not None and method == "POST" and path in _OF_THIS_MACHINE:
        raise AgentElsewhere(
            f"This takes an agent on this machine; the one that is used here runs on {file.forwarded_from}. "
            "End that forward and run `hivesync agent start` here."
        )


def protocol_version(file: DiscoveryFile) -> int:
    """Give the newest version that both sides speak."""
    return min(file.protocol.max, PROTOCOL_MAX)


def _read_owned(path: Path) -> bytes:
    # One descriptor for check and reading, so nothing can be swapped in between; no link is followed,
    # and a FIFO can't make us wait.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise AgentAbsent("The agent does not run; `hivesync agent start` starts it.") from None
    except OSError as exc:
        raise _distrusted(f"The discovery file can't be opened ({exc.strerror}).") from exc
    try:
        _check_ownership(os.fstat(descriptor))
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(_SIZE_MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > _SIZE_MAX_BYTES:
        raise _distrusted("The discovery file is far too long to be one.")
    return content


def _check_ownership(info: os.stat_result) -> None:
    if not stat.S_ISREG(info.st_mode):
        raise _distrusted("The discovery file is not a regular file.")
    if sys.platform == "win32":
        return
    if info.st_uid != os.getuid():
        raise _distrusted("The discovery file belongs to another user; it is not believed.")
    if stat.S_IMODE(info.st_mode) & 0o077:
        raise _distrusted("Other users can access the discovery file; restart the agent to renew it.")


def _distrusted(detail: str) -> AgentAbsent:
    return AgentAbsent(detail, WayReason.AGENT_DISTRUSTED)


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise _distrusted("The discovery file is damaged; restart the agent to renew it.") from None
