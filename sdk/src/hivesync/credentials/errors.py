"""Failures of credential stores.

HiveSyncError
 ├─ KeychainUnavailable   there is none, it does not answer, or it does not keep what it is given
 │   ├─ KeychainMissing   there is none, so nothing can be stored in it either
 │   └─ KeychainTimeout   it did not answer in time (a prompt may be open)
 ├─ KeychainLocked        it is there; the user must unlock it
 ├─ LockTimeout           another process holds the session lock for too long
 └─ SignedOut             nobody is signed in, or the backend has ended the session
"""

from __future__ import annotations

from hivesync_contract.errors import ErrorCode, HiveSyncError


class KeychainUnavailable(HiveSyncError):
    """No usable keychain."""

    code = ErrorCode.KEYCHAIN_UNAVAILABLE


class KeychainMissing(KeychainUnavailable):
    """This machine has no keychain, or only one that keeps nothing."""


class KeychainTimeout(KeychainUnavailable):
    """The keychain did not answer within the time limit."""

    retryable = True


class KeychainLocked(HiveSyncError):
    """The keychain is locked. Locked is not missing: nothing stored there may be given up."""

    code = ErrorCode.KEYCHAIN_LOCKED
    retryable = True


class LockTimeout(HiveSyncError):
    """Another process is refreshing the session and does not finish."""

    code = ErrorCode.CONFLICT
    retryable = True


class SignedOut(HiveSyncError):
    """There is no session, or the backend no longer accepts it."""

    code = ErrorCode.AUTH_REQUIRED
