"""What one caller may want otherwise for some calls, and what was not given in a change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Unset(Enum):
    """The one value of a field that a change leaves as it is; None clears a field."""

    UNSET = "unset"


UNSET = Unset.UNSET
RETRIES = 2


@dataclass(frozen=True, slots=True)
class Options:
    """`timeout_seconds`: of silence in an answer. `retries`: after 429 and 503, as long as the backend asks
    for. `idempotency_key`: for one change that another process may repeat under the same key.
    """

    timeout_seconds: float | None = None
    retries: int = RETRIES
    idempotency_key: str | None = None


def given(**fields: Any) -> dict[str, Any]:
    """Give the fields of a JSON Merge Patch (RFC 7396): those that were given."""
    return {name: value for name, value in fields.items() if value is not UNSET}
