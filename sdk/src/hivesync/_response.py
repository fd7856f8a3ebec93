"""An answer as `Client.request` gives it, and its decoding into contract types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from hivesync._errors import ResponseInvalid, api_error
from hivesync._way import Mode

PROBLEM_TYPE = "application/problem+json"
Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Response:
    """A complete answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    mode: Mode

    def raise_for_status(self) -> Response:
        """Give the answer back, or raise the `ApiError` it carries; 202 may be an `OfflineQueued`."""
        if self.status >= 400 or self.headers.get("content-type", "").startswith(PROBLEM_TYPE):
            raise api_error(self.status, self.body, self.headers)
        if self.status >= 300:
            # A redirect is never followed: it could carry a token elsewhere.
            raise ResponseInvalid(f"The answer was a redirect (status {self.status}).", status=502)
        return self

    def json(self) -> Any:
        """Give the decoded body, or raise `ResponseInvalid`."""
        return self.decode(object)

    def decode(self, shape: type[Shape]) -> Shape:
        """Give the body as that contract type, or raise `ResponseInvalid`."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except (msgspec.DecodeError, msgspec.ValidationError) as exc:
            raise ResponseInvalid(f"The answer can't be read: {exc}.", status=502) from exc
