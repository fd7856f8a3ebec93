"""Values that are too long for one keychain entry. Windows' Credential Manager holds 2,560 bytes of UTF-16.

A long value lies in numbered parts beside the entry, which then only names them. Parts of a new value
get new names, and the entry is replaced last, so a crash leaves the old value whole.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

ENTRY_BYTES = 2_560
_PART_CHARACTERS = 1_200
_PARTS_MAX = 64


@dataclass(frozen=True, slots=True)
class PartIndex:
    """What the entry says instead of the value: how many parts, under which name."""

    generation: str
    count: int

    def to_json(self) -> str:
        """Give the entry's text."""
        return json.dumps({"generation": self.generation, "parts": self.count}, separators=(",", ":"))

    def names(self) -> list[str]:
        """Give the suffixes of the parts' entries, in order."""
        return [f"{self.generation}.{number}" for number in range(self.count)]


def fits(value: str) -> bool:
    """Tell whether the value fits into one entry."""
    return len(value.encode("utf-16-le")) <= ENTRY_BYTES


def split(value: str) -> tuple[PartIndex, list[str]]:
    """Cut the value into parts that fit, and give the index that names them."""
    # Two UTF-16 units for a character outside the BMP still fit: 1,200 x 4 bytes would not,
    # but stored values are ASCII by construction (json.dumps).
    if not value.isascii():
        raise ValueError("only ASCII values are stored")
    texts = [value[start : start + _PART_CHARACTERS] for start in range(0, len(value), _PART_CHARACTERS)]
    if len(texts) > _PARTS_MAX:
        raise ValueError("the value is too long for a keychain")
    return PartIndex(secrets.token_hex(4), len(texts)), texts


def parse_index(entry: str) -> PartIndex | None:
    """Read an entry; None if it holds the value itself."""
    try:
        data = json.loads(entry)
    except ValueError:
        return None
    if not isinstance(data, dict) or data.keys() != {"generation", "parts"}:
        return None
    generation, count = data["generation"], data["parts"]
    if not isinstance(generation, str) or not isinstance(count, int) or not 0 < count <= _PARTS_MAX:
        return None
    return PartIndex(generation, count)
