"""Ending a stored session for good: at the server if it can be reached, and here in any case."""

from __future__ import annotations

from hivesync import Client, Mode
from hivesync.credentials import FileLock, open_store
from hivesync.credentials.noted import Note
from hivesync.locations import Locations
from hivesync.settings import Settings
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.keychain import SessionStore

from hivesync_agent import VERSION
from hivesync_agent.uninstall.report import EndedSession, Problem

_SERVER_SECONDS = 10.0
_LOCK_SECONDS = 30.0


def end_session(note: Note, locations: Locations, *, may_prompt: bool) -> EndedSession | None:
    """Revoke and remove; None if nothing was stored. A token that the server was not told of goes as well.

    Raises what the store raises, `LockTimeout`; then what is stored stays, and so does its note.
    """
    account = note.account
    store = open_store(note.kind, account, locations, may_prompt=may_prompt)
    settings = Settings(account.origin, account.profile)
    with Client(
        name=f"hivesync-uninstall/{VERSION}",
        only=Mode.DIRECT,
        timeout_seconds=_SERVER_SECONDS,
        settings=settings,
        locations=locations,
        store=store,
    ) as client:
        ending = client.sign_in.out()
    with FileLock(account.lock_path(locations.state)).hold(_LOCK_SECONDS):
        store.remove()
    if not (ending.was_signed_in or ending.waiting):
        return None
    return EndedSession(account.origin, account.profile, note.kind, server_told=not ending.waiting)


def not_ended(note: Note, locations: Locations, error: HiveSyncError) -> Problem:
    """Say what is left and how it can be removed, also where that keychain never opens again."""
    whose = f"The session of profile {note.account.profile!r} at {note.account.origin}"
    if note.kind is not SessionStore.KEYCHAIN:
        return Problem(error.code, f"{whose} is not removed: {error.detail}")
    return Problem(
        error.code,
        f"{whose} is still in the keychain, which can't be used from here ({error.detail}) "
        "Unlock it, in a terminal on the desktop, and run `hivesync uninstall` again; or remove the entry "
        f"{note.account.service_name!r} from it by hand, and {note.path(locations.state)}.",
    )
