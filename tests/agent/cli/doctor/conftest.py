"""A doctor for the machine that `tests/agent/cli` gives each test."""

from __future__ import annotations

from collections.abc import Iterator

import keyring
import pytest
from hivesync_dev.command_line import CommandLine
from hivesync_dev.diagnosis import Doctor
from keyring.backends.fail import Keyring


@pytest.fixture(autouse=True)
def without_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget the proxies and certificates of the machine that runs the tests, and its keychain."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    # The variable counts once in a process: whoever looked first, in whatever test, has decided for this one.
    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.fixture
def doctor(hivesync: CommandLine) -> Doctor:
    """Looks at this machine."""
    return Doctor(hivesync)
