"""Replaces what differs between two runs (tokens, ids, times, ports, folders) by a name in angle brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hivesync_contract import headers

SHOWN = ("Content-Type", headers.AGENT, "Retry-After")
"""The headers of an answer that a client needs."""

_IN_TEXTS = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"), "<time>"),
    (re.compile(r"(?<=//127\.0\.0\.1:)\d{4,5}"), "<port>"),
    (re.compile(r"(?<=\?)X-Amz-.*"), "<signature>"),
    (re.compile(r"(?<=#)[\w-]+\.[\w-]+\.[\w-]+"), "<token>"),
)


@dataclass(frozen=True, slots=True)
class Mask:
    """`members`: those whose values differ; `folder`: that of the project, wherever it lies."""

    members: frozenset[str]
    folder: str = ""

    def json(self, value: Any) -> Any:
        """Give JSON in which only what every run repeats is left as it was."""
        if isinstance(value, dict):
            return {name: self._member(name, each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.json(each) for each in value]
        return self.text(value) if isinstance(value, str) else value

    def text(self, text: str) -> str:
        """Give a text likewise."""
        for pattern, name in _IN_TEXTS:
            text = pattern.sub(name, text)
        return text.replace(self.folder, "<folder>") if self.folder else text

    def _member(self, name: str, value: Any) -> Any:
        return f"<{name}>" if name in self.members else self.json(value)


def masked_header(name: str, value: str) -> str:
    """Give a header's value: that of a type as it is, others by name."""
    return value if name == "Content-Type" else f"<{name.lower()}>"
