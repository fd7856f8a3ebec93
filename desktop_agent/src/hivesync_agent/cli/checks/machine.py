"""Folders, lock, discovery file and keychain of this machine."""

from __future__ import annotations

from pathlib import Path

from hivesync.credentials import Account, FileLock, choose_store
from hivesync.discovery import read_discovery
from hivesync.locations import Locations
from hivesync.private_files import exposure
from hivesync.settings import Settings
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.local_api import KeychainState, SessionStore

from hivesync_agent.cli.checks.finding import Finding, Grade

_KEYCHAIN_REMEDY = {
    KeychainState.LOCKED: "Unlock it (on Linux: `seahorse`, or sign in to the desktop again).",
    KeychainState.MISSING: "Without one the session ends with the agent. Install one (Linux: gnome-keyring), "
    "or agree to a file: `hivesync login --plaintext-storage`.",
    KeychainState.TIMEOUT: "A prompt may be waiting on the desktop; answer it and run this again.",
}


def check_folders(locations: Locations) -> list[Finding]:
    """Look at each folder that exists; the others are made when they are needed."""
    named = {
        "runtime folder": locations.runtime,
        "config folder": locations.config,
        "state folder": locations.state,
        "log folder": locations.log,
    }
    return [_folder(name, path) for name, path in named.items()]


def check_lock(locations: Locations, profile: str) -> tuple[bool, Finding]:
    """Tell whether an agent lives: its lock is held then, and by nobody else ever."""
    path = locations.agent_lock(profile)
    lock = FileLock(path)
    try:
        free = not path.exists() or lock.try_acquire()
    except (OSError, HiveSyncError) as error:
        return False, Finding("agent lock", Grade.WRONG, f"{path}: {error}", f"Look at the rights of {path}.")
    finally:
        lock.release()
    text = "no agent holds it" if free else "an agent holds it"
    return not free, Finding("agent lock", Grade.OK, text)


def check_discovery(locations: Locations, profile: str, *, agent_lives: bool) -> Finding:
    """Read the discovery file as a client does."""
    path = locations.discovery_file(profile)
    try:
        file = read_discovery(path)
    except HiveSyncError as error:
        if not agent_lives and not path.exists():
            return Finding("discovery file", Grade.NOTE, "none: no agent runs", "`hivesync agent start`")
        return Finding("discovery file", Grade.WRONG, error.detail, "`hivesync agent restart`")
    if not agent_lives:
        return Finding(
            "discovery file", Grade.NOTE, "left behind by an agent that has ended", "`hivesync agent start`"
        )
    return Finding("discovery file", Grade.OK, f"{path}, port {file.port}, agent {file.version}")


def check_keychain(settings: Settings, locations: Locations) -> Finding:
    """Ask whether the session can be kept, without opening a prompt."""
    store = choose_store(Account(settings.server_url, settings.profile), locations)
    if store.kind is SessionStore.FILE:
        return Finding("credentials", Grade.NOTE, "kept in a plaintext file, as you agreed")
    state = store.state()
    if state is KeychainState.OK:
        return Finding("credentials", Grade.OK, "the keychain is unlocked")
    grade = Grade.NOTE if state is KeychainState.MISSING else Grade.WRONG
    return Finding("credentials", grade, f"the keychain is {state}", _KEYCHAIN_REMEDY[state])


def _folder(name: str, path: Path) -> Finding:
    if not path.exists():
        return Finding(name, Grade.OK, f"{path} (not there yet)")
    if not path.is_dir():
        return Finding(name, Grade.WRONG, f"{path} is not a folder", f"Move {path} away.")
    if reason := exposure(path):
        return Finding(name, Grade.WRONG, f"{path}: {reason}", f"chmod 700 '{path}'")
    return Finding(name, Grade.OK, str(path))
