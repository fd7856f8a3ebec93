"""What the tray shows for what the agent says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hivesync_agent.tray.picture import picture
from hivesync_agent.tray.view import Mood, announcement, preview_title, view
from hivesync_contract.local_api import ConnectedClient, LocalPreview
from hivesync_contract.previews import PreviewState
from hivesync_dev.servers.fake_agent import agent_status

BUILDING = LocalPreview("p1", PreviewState.BUILDING, "/home/ada/shop", "App.tsx")


@pytest.mark.parametrize(
    ("changes", "previews", "mood"),
    [
        ({"signed_in": True}, [], Mood.OK),
        ({"signed_in": True}, [BUILDING], Mood.BUSY),
        ({}, [], Mood.SIGNED_OUT),
        ({"online": False, "signed_in": True}, [BUILDING], Mood.OFFLINE),
        ({"paused": True, "online": False}, [], Mood.PAUSED),
    ],
)
def test_the_most_important_state_wins(
    changes: dict[str, Any], previews: list[LocalPreview], mood: Mood
) -> None:
    assert view(replace(agent_status("http://127.0.0.1:9"), **changes), previews).mood is mood


def test_editors_are_listed_and_our_own_programs_are_not() -> None:
    clients = [ConnectedClient(name, "1", 0.0) for name in ("vscode", "hivesync-tray", "hivesync-cli")]
    assert view(replace(agent_status("http://x"), clients=clients), []).editors == ("vscode 1",)


def test_a_preview_is_told_when_it_ends_and_without_its_path() -> None:
    assert announcement(BUILDING) is None
    ready = replace(BUILDING, state=PreviewState.READY)
    assert announcement(ready) == ("Preview ready", "shop: scan its code in the tray's menu.")
    assert preview_title(replace(ready, root="C:\\work\\shop")) == "shop – ready"


@pytest.mark.parametrize("size", [16, 32, 64])
def test_every_state_has_a_picture_of_its_own(size: int) -> None:
    drawn = {picture(mood, size).tobytes() for mood in Mood if mood is not Mood.SIGNED_OUT}
    assert len(drawn) == len(Mood) - 1
    assert picture(Mood.OK, size).size == (size, size)
