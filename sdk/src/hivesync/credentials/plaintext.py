"""The session in a file, for machines without a keychain whose user agreed to it. Mode 0600 throughout."""

from __future__ import annotations

from pathlib import Path

from hivesync_contract.keychain import KeychainState, SessionStore

from hivesync.credentials.errors import KeychainUnavailable
from hivesync.credentials.store import TextStore
from hivesync.private_files import exposure, write_private


class PlaintextStore(TextStore):
    """One file, replaced in one step; refuses a file that others can read or have planted."""

    kind = SessionStore.FILE

    def __init__(self, path: Path) -> None:
        self._path = path

    def state(self) -> KeychainState:
        """A file is always there; whether it is safe is checked when it is read."""
        return KeychainState.OK

    def read(self) -> str | None:
        """Read the file; raise `KeychainUnavailable` if it isn't ours alone."""
        try:
            if reason := exposure(self._path):
                raise KeychainUnavailable(
                    f"{self._path} is not used because {reason}; remove it and sign in."
                )
            return self._path.read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as exc:
            raise KeychainUnavailable(f"{self._path} can't be read: {exc}.") from exc

    def write(self, text: str) -> None:
        """Write the file and read it back."""
        try:
            write_private(self._path, text.encode())
        except OSError as exc:
            raise KeychainUnavailable(f"{self._path} can't be written: {exc}.") from exc
        if self.read() != text:
            raise KeychainUnavailable(f"{self._path} does not hold what was written.")

    def remove(self) -> None:
        """Remove the file."""
        self._path.unlink(missing_ok=True)
