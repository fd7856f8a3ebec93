"""What went over the wires in one scenario, in order, with the tokens replaced by their names."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from hivesync_dev.conformance.expectation import shortened


@dataclass(slots=True)
class Transcript:
    """Lines for people; `secrets` maps a token to the name that is shown for it."""

    secrets: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def note(self, who: str, text: str) -> None:
        """Add a line."""
        elapsed = time.monotonic() - self._began
        self.lines.append(f"{elapsed:6.2f} s  {who:<8} {shortened(self._masked(text))}")

    def _masked(self, text: str) -> str:
        for secret, name in self.secrets.items():
            text = text.replace(secret, f"<{name}>")
        return text
