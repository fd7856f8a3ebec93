"""Which kinds of preview this version shows. The others are recognised too, and refused before any work."""

from __future__ import annotations

from hivesync_contract.previews import PreviewKind

from hivesync_agent.projects.refusals import Unsupported

SHOWN = frozenset({PreviewKind.REACT_NATIVE, PreviewKind.WEB})
"""What the Worker has a builder for; a kind that gets one is added here."""

WHAT_CAN = "a React Native or Expo app, or a web project with an index.html"

_NAMES = {
    PreviewKind.COMPONENT: "a single component",
    PreviewKind.MARKDOWN: "a Markdown file",
    PreviewKind.IMAGE: "an image",
}


def check_shown(kind: PreviewKind, entry: str) -> None:
    """Raise `Unsupported` for a kind without a builder, and say what has one."""
    if kind not in SHOWN:
        name = _NAMES.get(kind, f"of the kind {kind.value!r}")
        raise Unsupported(
            f"{entry} is {name}, which this version can't preview by itself. What it can: {WHAT_CAN}."
        )
