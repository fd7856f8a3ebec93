"""Publishing where this agent listens. Refuses to remove a file that a later agent has written."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from hivesync.private_files import private_folder, write_private
from hivesync_contract import PROTOCOL_MAX, PROTOCOL_MIN
from hivesync_contract.discovery import DiscoveryFile, DiscoveryInvalid, ProtocolRange, local_url

from hivesync_agent import VERSION
from hivesync_agent.lifecycle.acl import account_name, owner_only

_TOKEN_BYTES = 32
"""32 random bytes are the 43 url-safe characters that the contract names."""
_ICACLS_SECONDS = 10


def new_discovery(port: int, profile: str, server_url: str) -> DiscoveryFile:
    """Describe this process on `port`, with a token that no earlier run has used."""
    return DiscoveryFile(
        pid=os.getpid(),
        port=port,
        url=local_url(port),
        token=secrets.token_urlsafe(_TOKEN_BYTES),
        instance_id=secrets.token_hex(16),
        version=VERSION,
        protocol=ProtocolRange(PROTOCOL_MIN, PROTOCOL_MAX),
        profile=profile,
        started_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        server_url=server_url,
    )


def publish(path: Path, discovery: DiscoveryFile) -> None:
    """Write the file in one step, over whatever a dead agent left there."""
    if sys.platform == "win32":
        private_folder(path.parent)
        command = owner_only(path.parent, account_name(os.environ))
        subprocess.run(command, check=True, capture_output=True, timeout=_ICACLS_SECONDS)
    write_private(path, json.dumps(asdict(discovery)).encode())


def read(path: Path) -> DiscoveryFile | None:
    """Give what the file says, or nothing when it is absent or not what an agent writes."""
    try:
        return DiscoveryFile.from_json(json.loads(path.read_bytes()))
    except (OSError, ValueError, DiscoveryInvalid):
        return None


def withdraw(path: Path, discovery: DiscoveryFile) -> None:
    """Remove the file if it is still this agent's."""
    current = read(path)
    if current is not None and current.instance_id == discovery.instance_id:
        path.unlink(missing_ok=True)
