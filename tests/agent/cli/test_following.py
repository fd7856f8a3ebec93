"""Following a preview: a backend that is away is named, waited for, and given up in the end."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hivesync_agent.cli.console import Console
from hivesync_agent.cli.failures import exit_code_of
from hivesync_agent.cli.following import Following, StillWaiting
from hivesync_contract.local_api import AgentStatus, LocalPreview
from hivesync_contract.previews import PreviewState
from hivesync_dev.servers.fake_agent import agent_status

PREPARING = LocalPreview(id="v1", state=PreviewState.PREPARING, root="/src", entry="App.tsx")
READY = replace(PREPARING, state=PreviewState.READY)
AWAY = replace(agent_status("http://x"), online=False)
BACK = agent_status("http://x")


def client(previews: list[LocalPreview], statuses: list[AgentStatus]) -> Any:
    """Stand in for an agent that gives these answers in turn, and the last one for ever."""

    def in_turn(answers: list[Any]) -> Any:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    return SimpleNamespace(
        previews=SimpleNamespace(get=lambda _: in_turn(previews)),
        agent=SimpleNamespace(status=lambda: in_turn(statuses)),
    )


def test_a_backend_that_is_away_is_named_and_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    following = Following(Console(), client([PREPARING, READY], [AWAY, AWAY, BACK]), ask_seconds=0)
    assert following.until_end(PREPARING) == READY
    assert capsys.readouterr().err.splitlines() == [
        "preparing",
        "waiting for http://x: it can't be reached",
        "ready",
    ]


def test_a_backend_that_stays_away_is_given_up_with_4() -> None:
    following = Following(Console(), client([PREPARING], [AWAY]), ask_seconds=0, give_up_seconds=0)
    with pytest.raises(StillWaiting, match="finishes the preview when the server is back") as caught:
        following.until_end(PREPARING)
    assert exit_code_of(caught.value) == 4
