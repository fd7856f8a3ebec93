"""What the tray shows for what the agent says."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hivesync_agent.tray.picture import picture
from hivesync_agent.tray.view import Mood, preview_title, view
from hivesync_contract.local_api import ConnectedClient, LocalPreview
from hivesync_contract.previews import PreviewState
from hivesync_dev.servers.fake_agent import agent_status
from PIL import Image

BUILDING = LocalPreview("p1", PreviewState.BUILDING, "/home/ada/shop", "App.tsx")


@pytest.mark.parametrize(
    ("changes", "previews", "mood"),
    [
        ({"signed_in": True}, [], Mood.OK),
        ({"signed_in": True}, [BUILDING], Mood.BUSY),
        ({"signed_in": True, "conflicting_operations": 1}, [BUILDING], Mood.PROBLEM),
        ({"conflicting_operations": 1}, [], Mood.SIGNED_OUT),
        ({"online": False, "signed_in": True}, [BUILDING], Mood.OFFLINE),
        ({"paused": True, "online": False}, [], Mood.PAUSED),
    ],
)
def test_the_most_important_state_wins(
    changes: dict[str, Any], previews: list[LocalPreview], mood: Mood
) -> None:
    assert view(replace(agent_status("http://127.0.0.1:9"), **changes), previews).mood is mood


def test_editors_are_listed_under_their_names_and_our_own_programs_are_not() -> None:
    names = ("hivesync-vscode", "emacs", "hivesync-tray", "hivesync-cli")
    clients = [ConnectedClient(name, "1", 0.0) for name in names]
    shown = view(replace(agent_status("http://x"), clients=clients), [])
    assert shown.editors == ("VS Code 1", "emacs 1")


@pytest.mark.parametrize(
    ("changes", "words"), [(0, ""), (1, "1 change waits to be sent"), (3, "3 changes wait to be sent")]
)
def test_what_waits_for_the_network_is_told(changes: int, words: str) -> None:
    assert view(replace(agent_status("http://x"), queued_operations=changes), []).waiting == words


def test_a_preview_is_named_without_its_path() -> None:
    assert preview_title(replace(BUILDING, root="C:\\work\\shop")) == "shop – building"


@pytest.mark.parametrize("size", [16, 22, 32, 64])
@pytest.mark.parametrize("ground", ["#2b2f36", "#f6f5f4"], ids=["dark panel", "light panel"])
def test_every_state_is_told_by_its_form_alone(size: int, ground: str) -> None:
    """Without colours, each picture differs from each other one by a clear step in enough of its area."""
    drawn = {mood: _as_seen(mood, size, ground) for mood in Mood}
    for one, other in itertools.combinations(Mood, 2):
        steps = [abs(a - b) for a, b in zip(drawn[one], drawn[other], strict=True)]
        assert sum(step > 40 for step in steps) > 0.04 * size * size, (one, other)


@pytest.mark.parametrize("ground", ["#2b2f36", "#f6f5f4"], ids=["dark panel", "light panel"])
@pytest.mark.parametrize("mood", list(Mood))
def test_every_state_stands_out_from_the_panel(mood: Mood, ground: str) -> None:
    drawn, empty = _as_seen(mood, 16, ground), Image.new("RGB", (1, 1), ground).convert("L").tobytes()[0]
    assert sum(abs(value - empty) > 50 for value in drawn) > 0.2 * len(drawn)


def _as_seen(mood: Mood, size: int, ground: str) -> bytes:
    """Give the icon's brightness on a panel, made small as panels do."""
    drawn = picture(mood).resize((size, size), Image.Resampling.BILINEAR)
    panel = Image.new("RGB", drawn.size, ground)
    panel.paste(drawn, (0, 0), drawn)
    return panel.convert("L").tobytes()
