"""Credentials of this machine: where a session is kept, who may renew it. Sends nothing by itself."""

from hivesync.credentials.account import Account
from hivesync.credentials.drivers import drive, drive_async
from hivesync.credentials.errors import (
    KeychainLocked,
    KeychainMissing,
    KeychainTimeout,
    KeychainUnavailable,
    LockTimeout,
    SignedOut,
)
from hivesync.credentials.lock import FileLock
from hivesync.credentials.refresh import (
    Answer,
    Blocking,
    Pause,
    Post,
    Refresher,
    RefreshFailed,
    RefreshFlow,
    Renewed,
    Step,
)
from hivesync.credentials.session import StoredSession, new_session
from hivesync.credentials.store import CredentialStore, MemoryStore, choose_store

__all__ = [
    "Account",
    "Answer",
    "Blocking",
    "CredentialStore",
    "FileLock",
    "KeychainLocked",
    "KeychainMissing",
    "KeychainTimeout",
    "KeychainUnavailable",
    "LockTimeout",
    "MemoryStore",
    "Pause",
    "Post",
    "RefreshFailed",
    "RefreshFlow",
    "Refresher",
    "Renewed",
    "SignedOut",
    "Step",
    "StoredSession",
    "choose_store",
    "drive",
    "drive_async",
    "new_session",
]
