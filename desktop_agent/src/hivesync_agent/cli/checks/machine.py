"""Folders, loopback, versions and keychain of this machine."""

from __future__ import annotations

import platform
import socket
from importlib import metadata
from pathlib import Path

from hivesync.credentials import Account, choose_store
from hivesync.private_files import exposure
from hivesync_contract.keychain import KeychainState, SessionStore

from hivesync_agent import VERSION
from hivesync_agent.cli.checks.check import Machine
from hivesync_agent.cli.checks.finding import Seen, note, ok, wrong

_LOOPBACK_SECONDS = 2.0
_KEYCHAIN_REMEDY = {
    KeychainState.LOCKED: "Unlock it (on Linux: `seahorse`, or sign in to the desktop again).",
    KeychainState.MISSING: "Without one the session ends with the agent. Install one (Linux: gnome-keyring), "
    "or agree to a file: `hivesync login --plaintext-storage`.",
    KeychainState.TIMEOUT: "A prompt may be waiting on the desktop; answer it and run this again.",
}


def check_folders(machine: Machine) -> Seen:
    """Look at each folder that exists; the others are made when they are needed."""
    places = machine.client.locations
    paths = dict.fromkeys((places.runtime, places.config, places.state, places.log))
    faults = {path: fault for path in paths if (fault := _fault(path))}
    if not faults:
        return ok("for you alone")
    open_ones = " ".join(f"'{path}'" for path in faults if path.is_dir() and not path.is_symlink())
    remedy = f"chmod 700 {open_ones}" if open_ones else f"Move {next(iter(faults))} away."
    return wrong("; ".join(f"{path}: {fault}" for path, fault in faults.items()), remedy)


def check_loopback(machine: Machine) -> Seen:
    """Connect to a port of our own, as every editor does to the agent's."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = server.getsockname()
            with socket.create_connection(address, timeout=_LOOPBACK_SECONDS):
                return ok("programs of this machine reach each other at 127.0.0.1")
    except OSError as error:
        return wrong(
            f"programs of this machine can't reach each other at 127.0.0.1 ({error.strerror or error})",
            "Allow connections within this machine in your firewall or VPN; in a container or namespace: "
            "`ip link set lo up`.",
        )


def check_versions(machine: Machine) -> Seen:
    """Compare what is installed with what runs."""
    sdk = metadata.version("hivesync-sdk")
    if sdk != VERSION:
        return wrong(
            f"hivesync-agent {VERSION} and hivesync-sdk {sdk} don't belong together",
            "Install both from one checkout of HiveSync: `pip install --upgrade ./sdk ./desktop_agent`.",
        )
    if machine.status is not None and machine.status.version != VERSION:
        return note(
            f"the agent that runs is {machine.status.version}, and {VERSION} is installed",
            "`hivesync agent restart` lets it take over.",
        )
    return ok(f"HiveSync {VERSION}, Python {platform.python_version()}, {platform.system()}")


def check_credentials(machine: Machine) -> Seen:
    """Ask whether the session can be kept, without opening a prompt."""
    settings = machine.client.settings
    if settings.token is not None:
        return ok("HIVESYNC_TOKEN is used; the keychain is not")
    store = choose_store(Account(machine.origin, settings.profile), machine.client.locations)
    if store.kind is SessionStore.FILE:
        return note("kept in a plaintext file, as you agreed")
    state = store.state()
    if state is KeychainState.OK:
        return ok("the keychain is unlocked")
    text, remedy = f"the keychain is {state}", _KEYCHAIN_REMEDY[state]
    if state is KeychainState.MISSING:
        return note("this machine has no keychain", remedy)
    return wrong("the keychain does not answer" if state is KeychainState.TIMEOUT else text, remedy)


def _fault(path: Path) -> str | None:
    if not path.exists():
        return None
    return exposure(path) if path.is_dir() else "it is not a folder"
