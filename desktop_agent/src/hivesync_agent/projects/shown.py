"""Which kinds of preview this version shows. Another is recognised too, and refused before any work."""

from __future__ import annotations

from hivesync_contract.previews import PreviewKind

from hivesync_agent.projects.refusals import Unsupported

SHOWN = frozenset(
    {
        PreviewKind.REACT_NATIVE,
        PreviewKind.WEB,
        PreviewKind.COMPONENT,
        PreviewKind.MARKDOWN,
        PreviewKind.IMAGE,
    }
)
"""What the Worker has a builder for; a kind that gets one is added here."""

WHAT_CAN = (
    "a React Native or Expo app, a web project with an index.html, "
    "a component file, a Markdown file or an image"
)


def check_shown(kind: PreviewKind, entry: str) -> None:
    """Raise `Unsupported` for a kind without a builder, and say what has one."""
    if kind not in SHOWN:
        raise Unsupported(
            f"{entry} is of the kind {kind.value!r}, which this version can't preview. "
            f"What it can: {WHAT_CAN}."
        )
