"""What is heard of a build, in whichever order it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from hivesync_agent.previews.follow import Follower
from hivesync_agent.previews.record import Record
from hivesync_agent.projects.links import Scope
from hivesync_contract.events import EventType, PreviewEvent
from hivesync_contract.local_api import LocalPreviewCreate
from hivesync_contract.previews import Platform, Preview, PreviewKind, PreviewState


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the agent's bus."""

    data: bytes
    type: str = EventType.PREVIEW_STATE


FIRST = Record(
    id="local",
    created_at=0.0,
    scope=Scope("https://a.test", "default", "ada"),
    request=LocalPreviewCreate("/code/shop"),
    root="/code/shop",
    entry="index.html",
    project_id="project",
    preview_id="id",
    version=1,
)


class Unasked:
    """A backend that tells everything by itself."""

    async def call(self, *_: object, **__: object) -> Any:
        raise AssertionError("asked although it had told")


async def told(*states: PreviewState, version: int = 1) -> AsyncIterator[Told]:
    now = datetime.now(UTC)
    for state in states:
        preview = Preview(
            "id", "project", version, PreviewKind.WEB, state, "", "a", Platform.WEB, "", now, now
        )
        yield Told(msgspec.json.encode(PreviewEvent(preview)))


async def test_an_upload_that_is_over_is_no_news() -> None:
    follower = Follower(Unasked())
    await follower.listen(told(PreviewState.UPLOADING))
    following = aiter(follower.news(FIRST))
    first = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0)  # it has begun to wait
    await follower.listen(told(PreviewState.BUILDING, PreviewState.READY))
    assert (await first).state is PreviewState.BUILDING
    assert [preview.state async for preview in following] == [PreviewState.READY]


async def test_the_upload_of_a_later_version_is_news() -> None:
    follower = Follower(Unasked())
    await follower.listen(told(PreviewState.UPLOADING, version=2))
    following = aiter(follower.news(FIRST))
    assert (await anext(following)).version == 2
    await follower.listen(told(PreviewState.READY, version=2))
    assert [preview.state async for preview in following] == [PreviewState.READY]


async def test_a_build_that_ends_before_anybody_waits_is_not_missed() -> None:
    follower = Follower(Unasked())
    await follower.listen(told(PreviewState.UPLOADING, PreviewState.BUILDING, PreviewState.READY))
    heard = [preview.state async for preview in follower.news(FIRST)]
    assert heard == [PreviewState.READY]
