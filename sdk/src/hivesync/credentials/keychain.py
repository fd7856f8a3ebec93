"""The session in the OS keychain, by `keyring`. Never waits longer than its time limit.

Locked is reported apart from missing: the user can unlock a keychain, and what it holds is not gone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from hivesync_contract.errors import HiveSyncError
from hivesync_contract.keychain import KeychainState, SessionStore

from hivesync.credentials.absence import touch
from hivesync.credentials.account import Account
from hivesync.credentials.backend import backend_state, usable_backend
from hivesync.credentials.deadline import Deadline
from hivesync.credentials.errors import KeychainLocked, KeychainMissing, KeychainTimeout, KeychainUnavailable
from hivesync.credentials.parts import fits, parse_index, split
from hivesync.credentials.store import TextStore

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Result = TypeVar("Result")
TIME_LIMIT_SECONDS = 5.0
PROMPT_LIMIT_SECONDS = 60.0


class Keychain(TextStore):
    """The keychain entry of one account.

    `may_prompt`: the OS may ask the user to unlock; such calls get a minute instead of five seconds.
    `lock_path`: the account's lock, by which other processes hear of a change; None if they need not.
    """

    kind = SessionStore.KEYCHAIN

    def __init__(
        self,
        account: Account,
        *,
        may_prompt: bool = False,
        time_limit_seconds: float | None = None,
        lock_path: Path | None = None,
    ) -> None:
        self._lock_path = lock_path
        self._service = account.service_name
        self._username = account.profile
        self._may_prompt = may_prompt
        default = PROMPT_LIMIT_SECONDS if may_prompt else TIME_LIMIT_SECONDS
        self._deadline = Deadline(time_limit_seconds or default)

    def state(self) -> KeychainState:
        """Tell whether the keychain can be used, without asking the user; never raises."""
        try:
            return self._deadline.run(lambda: backend_state(usable_backend()))
        except TimeoutError:
            return KeychainState.TIMEOUT
        except Exception:  # a backend is foreign code behind D-Bus, COM or a plugin: any error is "none"
            return KeychainState.MISSING

    def read(self) -> str | None:
        """Give the entry's text, None if there is none; raise if the keychain can't be asked."""
        return self._call(self._read)

    def write(self, text: str) -> None:
        """Store the text and read it back, or raise."""
        if self._call(lambda backend: self._write(backend, text)) != text:
            raise KeychainUnavailable("The keychain did not keep the session it was given.")
        self._tell_of_change()

    def remove(self) -> None:
        """Remove the entry and its parts."""
        self._call(self._remove)
        self._tell_of_change()

    def _tell_of_change(self) -> None:
        if self._lock_path is not None:
            touch(self._lock_path)

    def _read(self, backend: KeyringBackend) -> str | None:
        entry = backend.get_password(self._service, self._username)
        index = parse_index(entry) if entry else None
        if index is None:
            return entry
        parts = [backend.get_password(self._part(name), self._username) for name in index.names()]
        return None if None in parts else "".join(part for part in parts if part)

    def _write(self, backend: KeyringBackend, text: str) -> str | None:
        before = self._part_names(backend)
        if fits(text):
            backend.set_password(self._service, self._username, text)
        else:
            index, texts = split(text)
            for name, part in zip(index.names(), texts, strict=True):
                backend.set_password(self._part(name), self._username, part)
            backend.set_password(self._service, self._username, index.to_json())
        self._remove_parts(backend, before)
        return self._read(backend)

    def _remove(self, backend: KeyringBackend) -> None:
        parts = self._part_names(backend)
        if backend.get_password(self._service, self._username) is not None:
            backend.delete_password(self._service, self._username)
        self._remove_parts(backend, parts)

    def _remove_parts(self, backend: KeyringBackend, names: list[str]) -> None:
        for name in names:
            if backend.get_password(self._part(name), self._username) is not None:
                backend.delete_password(self._part(name), self._username)

    def _part_names(self, backend: KeyringBackend) -> list[str]:
        entry = backend.get_password(self._service, self._username)
        index = parse_index(entry) if entry else None
        return index.names() if index else []

    def _part(self, name: str) -> str:
        # A service of its own: Windows' backend moves entries that share a service between names.
        return f"{self._service}#{name}"

    def _call(self, operation: Callable[[KeyringBackend], Result]) -> Result:
        """Run one operation on the backend in time, and translate whatever foreign code raises."""
        try:
            return self._deadline.run(lambda: operation(self._ready_backend()))
        except TimeoutError:
            raise KeychainTimeout("The keychain did not answer in time; is a prompt waiting?") from None
        except HiveSyncError:
            raise
        except Exception as exc:
            raise _translated(exc) from exc

    def _ready_backend(self) -> KeyringBackend:
        backend = usable_backend()
        state = backend_state(backend)
        if backend is None or state is KeychainState.MISSING:
            raise KeychainMissing(
                "This machine has no usable keychain. Install and unlock one (on Linux gnome-keyring or "
                "KWallet), or agree to a file: `hivesync login --plaintext-storage`."
            )
        if state is KeychainState.LOCKED and not self._may_prompt:
            raise KeychainLocked("The keychain is locked; unlock it and try again.")
        return backend


def _translated(exc: Exception) -> HiveSyncError:
    from keyring.errors import KeyringLocked

    # errSecInteractionNotAllowed: macOS's keychain is locked and nobody may be asked (ssh, launchd).
    if isinstance(exc, KeyringLocked) or "-25308" in str(exc):
        return KeychainLocked("The keychain is locked; unlock it and try again.")
    # The text of a foreign exception could repeat the value, so only its type is told.
    return KeychainUnavailable(f"The keychain can't be used ({type(exc).__name__}).")
