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
from hivesync.credentials.refresh import Refresher, RefreshFailed, Renewed
from hivesync.credentials.session import StoredSession, new_session
from hivesync.credentials.sign_out import Ending, SignOut
from hivesync.credentials.steps import Answer, Blocking, Flow, Pause, Post, Step
from hivesync.credentials.store import CredentialStore, MemoryStore, choose_store, open_store

__all__ = [
    "Account",
    "Answer",
    "Blocking",
    "CredentialStore",
    "Ending",
    "FileLock",
    "Flow",
    "KeychainLocked",
    "KeychainMissing",
    "KeychainTimeout",
    "KeychainUnavailable",
    "LockTimeout",
    "MemoryStore",
    "Pause",
    "Post",
    "RefreshFailed",
    "Refresher",
    "Renewed",
    "SignOut",
    "SignedOut",
    "Step",
    "StoredSession",
    "choose_store",
    "drive",
    "drive_async",
    "new_session",
    "open_store",
]
