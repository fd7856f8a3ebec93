"""Reads environment variables into typed values; refuses unknown names and unusable values, naming them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_server.settings.secrets import Secret
from hivesync_server.settings.variables import VARIABLES

Choice = TypeVar("Choice", bound=str)


class SettingInvalid(HiveSyncError):
    """The environment can't be used; the message begins with the variable's name."""

    code = ErrorCode.VALIDATION_ERROR

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} {reason}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Environment:
    """Typed access to `os.environ` or to a test's own mapping. An empty value counts as unset."""

    values: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        """Give a variable's value without surrounding white space."""
        if name not in VARIABLES:
            raise KeyError(f"{name} is missing in settings.variables")
        return self.values.get(name, "").strip() or default

    def secret(self, name: str) -> Secret:
        """Give a variable that must not be shown."""
        return Secret(self.text(name))

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        """Give a whole number between `low` and `high`."""
        raw = self.text(name, str(default))
        if not (raw.isascii() and raw.isdigit() and low <= int(raw) <= high):
            raise SettingInvalid(name, f"must be a whole number from {low} to {high}.")
        return int(raw)

    def choice(self, name: str, default: Choice, allowed: tuple[Choice, ...]) -> Choice:
        """Give one of a few words, whatever their case."""
        raw = self.text(name, default).lower()
        for option in allowed:
            if option.lower() == raw:
                return option
        raise SettingInvalid(name, f"must be one of {', '.join(allowed)}.")

    def flag(self, name: str, default: bool) -> bool:
        """Give a truth value."""
        raw = self.text(name, str(default)).lower()
        if raw not in {"true", "false", "1", "0", "yes", "no"}:
            raise SettingInvalid(name, "must be true or false.")
        return raw in {"true", "1", "yes"}

    def share(self, name: str, default: float) -> float:
        """Give a number from 0 to 1."""
        raw = self.text(name, str(default))
        if not re.fullmatch(r"0|1|[01]?\.\d+", raw) or float(raw) > 1:
            raise SettingInvalid(name, "must be a number from 0 to 1, such as 0.1.")
        return float(raw)

    def address(self, name: str, default: str = "") -> str:
        """Give an http(s) address without query or trailing slash; it may have a path."""
        raw = self.text(name, default).rstrip("/")
        parts = urlsplit(raw)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise SettingInvalid(name, "must be an address like https://api.example.com.")
        if parts.query or parts.fragment:
            raise SettingInvalid(name, "must not have a query or fragment.")
        return raw

    def origin(self, name: str, default: str) -> str:
        """Give an http(s) address without path, query or trailing slash."""
        parts = urlsplit(self.address(name, default))
        if parts.path:
            raise SettingInvalid(name, "must not have a path.")
        return f"{parts.scheme}://{parts.netloc}"
