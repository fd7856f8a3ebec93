"""`kill -9` of any part in the middle of a preview: after a restart it becomes ready, once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewState
from hivesync_dev.stack.api import AgentApi
from hivesync_dev.stack.part import Part
from hivesync_dev.stack.processes import session_pids
from hivesync_dev.stack.stack import Stack

DEADLINE_SECONDS = 60.0


def wait_for_state(api: AgentApi, preview_id: str, *states: PreviewState) -> LocalPreview:
    ends = time.monotonic() + 20
    while (preview := api.preview(preview_id)).state not in states:
        assert time.monotonic() < ends, f"never {states}, still {preview.state}"
        time.sleep(0.01)
    return preview


def previews_at_the_backend(stack: Stack, preview: LocalPreview) -> list[tuple[str, str]]:
    with stack.api() as api:
        answer = api.http.get(f"/api/v1/projects/{preview.project_id}/previews")
        answer.raise_for_status()
        return [(item["id"], item["state"]) for item in answer.json()["items"]]


@pytest.fixture
def parts(stack: Stack) -> dict[str, Part]:
    return {"server": stack.server, "worker": stack.worker, "agent": stack.agent}


@pytest.mark.parametrize("moment", [PreviewState.PREPARING, PreviewState.UPLOADING, PreviewState.BUILDING])
@pytest.mark.parametrize("name", ["server", "worker", "agent"])
def test_a_preview_survives_the_death_of_a_part(
    name: str, moment: PreviewState, stack: Stack, parts: dict[str, Part], project: Path
) -> None:
    later = list(PreviewState)[list(PreviewState).index(moment) :]
    with stack.api() as api:
        asked = api.start_preview(str(project))
        wait_for_state(api, asked.id, *later)
    parts[name].kill()
    stack.runner.restart(parts[name])

    with stack.api() as api:
        preview = api.wait_for_preview(asked.id, DEADLINE_SECONDS)

    assert preview.state is PreviewState.READY, preview.error
    assert previews_at_the_backend(stack, preview) == [(preview.preview_id, "ready")]


def test_killing_a_part_leaves_no_process_of_it(stack: Stack, parts: dict[str, Part]) -> None:
    for part in parts.values():
        session = part.child.pid
        part.kill()
        assert session_pids(session) == []
        stack.runner.restart(part)
