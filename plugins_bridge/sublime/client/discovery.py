"""Find the agent by its discovery file. Believes nothing that another user could have written."""

from __future__ import annotations

import json
import os
import re
import stat
from dataclasses import dataclass, field
from typing import Any, Tuple

from .errors import AgentUnusable
from .version import PROTOCOL

USABLE = "AGENT_PROVEN"
ABSENT, INVALID, STALE, UNPROVEN = "AGENT_ABSENT", "AGENT_INVALID", "AGENT_STALE", "AGENT_UNPROVEN"
TOO_NEW, TOO_OLD, ELSEWHERE = "AGENT_TOO_NEW", "AGENT_TOO_OLD", "AGENT_OF_OTHER_SERVER"
_SIZE_MAX_BYTES = 65_536
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")

Stamp = Tuple[int, int, int]


@dataclass(frozen=True)
class Discovery:
    """What a client needs of the file. `token` is a secret of this machine and user."""

    port: int
    token: str = field(repr=False)
    version: str
    server_url: str | None
    forwarded_from: str | None


def stamp_of(path: str) -> Stamp | None:
    """Tell two writings of the file apart without reading it; None if there is none."""
    try:
        info = os.lstat(path)
    except OSError:
        return None
    return info.st_ino, info.st_size, info.st_mtime_ns


def read_discovery(path: str) -> Discovery:
    """Read and check the file; raise `AgentUnusable` with the reason."""
    try:
        data = json.loads(_read_owned(path).decode("utf-8"))
    except (ValueError, RecursionError):
        raise AgentUnusable(INVALID, "The discovery file is damaged; restart the agent.") from None
    if not isinstance(data, dict) or data.get("schema") != 1:
        raise AgentUnusable(INVALID, "The discovery file has an unknown schema; update HiveSync.")
    _check_protocol(data.get("protocol"))
    return _found(data)


def _found(data: Any) -> Discovery:
    port, token = data.get("port"), data.get("token")
    if type(port) is not int or not 0 < port < 65536:
        raise AgentUnusable(INVALID, "The discovery file names an impossible port.")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise AgentUnusable(INVALID, "The discovery file holds a malformed token.")
    server, elsewhere = data.get("server_url"), data.get("forwarded_from")
    return Discovery(
        port,
        token,
        str(data.get("version", "")),
        server if isinstance(server, str) else None,
        elsewhere if isinstance(elsewhere, str) else None,
    )


def _check_protocol(told: Any) -> None:
    told = told if isinstance(told, dict) else {}
    lowest, highest = told.get("min"), told.get("max")
    if type(lowest) is not int or type(highest) is not int:
        raise AgentUnusable(INVALID, "The discovery file names no protocol version.")
    if lowest > PROTOCOL:
        raise AgentUnusable(TOO_NEW, "The agent is newer than this plugin: update the plugin.")
    if highest < PROTOCOL:
        raise AgentUnusable(TOO_OLD, "The agent is older than this plugin: update HiveSync.")


def _read_owned(path: str) -> bytes:
    # One descriptor for check and reading, so nothing can be swapped in between; no link is followed,
    # and a FIFO can't make us wait.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise AgentUnusable(ABSENT, "The agent does not run; `hivesync agent start` starts it.") from None
    except OSError as error:
        raise AgentUnusable(INVALID, f"The discovery file: {error.strerror}.") from error
    with os.fdopen(descriptor, "rb") as file:
        _check_owner(os.fstat(descriptor))
        content = file.read(_SIZE_MAX_BYTES + 1)
    if len(content) > _SIZE_MAX_BYTES:
        raise AgentUnusable(INVALID, "The discovery file is far too long to be one.")
    return content


def _check_owner(info: os.stat_result) -> None:
    if not stat.S_ISREG(info.st_mode):
        raise AgentUnusable(INVALID, "The discovery file is not a regular file.")
    if os.name == "nt":  # there the folder's ACL keeps others out
        return
    if info.st_uid != os.getuid():
        raise AgentUnusable(INVALID, "The discovery file belongs to another user; it is not believed.")
    if stat.S_IMODE(info.st_mode) & 0o077:
        raise AgentUnusable(INVALID, "Others can access the discovery file; restart the agent to renew it.")
