"""HiveSync for Python programs: `Client` and `AsyncClient`.

Names are loaded when they are first used, so that `import hivesync` and a quick command cost nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hivesync._version import __version__

if TYPE_CHECKING:
    from hivesync_contract.errors import HiveSyncError

    from hivesync._async._client import AsyncClient
    from hivesync._call import CallInvalid
    from hivesync._errors import (
        AgentAbsent,
        AnswerTooLong,
        ApiError,
        AuthenticationFailed,
        Conflicting,
        InvalidInput,
        NotFound,
        Offline,
        OfflineQueued,
        PermissionDenied,
        PreviewFailed,
        ResponseInvalid,
        ServiceFailed,
        TierLimitReached,
        TooLarge,
        TooManyRequests,
    )
    from hivesync._events import Event
    from hivesync._options import UNSET
    from hivesync._response import Response
    from hivesync._sync._client import Client
    from hivesync._way import Mode, Way, WayReason
    from hivesync.credentials.errors import KeychainLocked, KeychainTimeout, KeychainUnavailable, SignedOut
    from hivesync.discovery import ProtocolUnsupported
    from hivesync.locations import Locations
    from hivesync.settings import Settings, SettingsInvalid

_ERRORS = "hivesync._errors"
_CREDENTIALS = "hivesync.credentials.errors"
_HOME_OF = {
    "AgentAbsent": _ERRORS,
    "AnswerTooLong": _ERRORS,
    "ApiError": _ERRORS,
    "AsyncClient": "hivesync._async._client",
    "AuthenticationFailed": _ERRORS,
    "CallInvalid": "hivesync._call",
    "Client": "hivesync._sync._client",
    "Conflicting": _ERRORS,
    "Event": "hivesync._events",
    "HiveSyncError": "hivesync_contract.errors",
    "InvalidInput": _ERRORS,
    "KeychainLocked": _CREDENTIALS,
    "KeychainTimeout": _CREDENTIALS,
    "KeychainUnavailable": _CREDENTIALS,
    "Locations": "hivesync.locations",
    "Mode": "hivesync._way",
    "NotFound": _ERRORS,
    "Offline": _ERRORS,
    "OfflineQueued": _ERRORS,
    "PermissionDenied": _ERRORS,
    "PreviewFailed": _ERRORS,
    "ProtocolUnsupported": "hivesync.discovery",
    "Response": "hivesync._response",
    "ResponseInvalid": _ERRORS,
    "ServiceFailed": _ERRORS,
    "Settings": "hivesync.settings",
    "SettingsInvalid": "hivesync.settings",
    "SignedOut": _CREDENTIALS,
    "TierLimitReached": _ERRORS,
    "TooLarge": _ERRORS,
    "TooManyRequests": _ERRORS,
    "UNSET": "hivesync._options",
    "Way": "hivesync._way",
    "WayReason": "hivesync._way",
}

__all__ = [
    "UNSET",
    "AgentAbsent",
    "AnswerTooLong",
    "ApiError",
    "AsyncClient",
    "AuthenticationFailed",
    "CallInvalid",
    "Client",
    "Conflicting",
    "Event",
    "HiveSyncError",
    "InvalidInput",
    "KeychainLocked",
    "KeychainTimeout",
    "KeychainUnavailable",
    "Locations",
    "Mode",
    "NotFound",
    "Offline",
    "OfflineQueued",
    "PermissionDenied",
    "PreviewFailed",
    "ProtocolUnsupported",
    "Response",
    "ResponseInvalid",
    "ServiceFailed",
    "Settings",
    "SettingsInvalid",
    "SignedOut",
    "TierLimitReached",
    "TooLarge",
    "TooManyRequests",
    "Way",
    "WayReason",
    "__version__",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'hivesync' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value
