"""Files that change, vanish or are swapped between hashing and uploading are noticed, never mixed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hivesync_contract.errors import ErrorCode
from hivesync_contract.previews import PreviewState
from hivesync_dev.servers.fake_previews import FakePreviews
from hivesync_dev.servers.preview_client import PreviewClient

BIG = bytes(range(256)) * 4096


@pytest.fixture
def main(project: Path) -> Path:
    return project / "src" / "main.tsx"


def change_before_upload(backend: FakePreviews, *changes: Callable[[], object]) -> None:
    """Run one change after each plan that the agent asks for: between hashing and uploading."""
    waiting = iter(changes)

    async def change() -> None:
        if action := next(waiting, None):
            await asyncio.to_thread(action)

    backend.on_create = change


async def test_a_file_saved_in_between_is_sent_as_it_now_is(
    client: PreviewClient, backend: FakePreviews, project: Path, main: Path
) -> None:
    change_before_upload(backend, lambda: main.write_text("export default () => null; // saved"))
    ended = await client.run(project)
    assert ended.state is PreviewState.READY
    # The same preview, so the link that was shown already stays good.
    (kept,) = backend.created()
    assert kept.preview.version == ended.version == 2
    assert any(b"// saved" in content for content in backend.store.objects.values())


async def test_a_change_of_equal_size_and_time_is_noticed_too(
    client: PreviewClient, backend: FakePreviews, project: Path, main: Path
) -> None:
    text = await asyncio.to_thread(main.read_text)
    change_before_upload(backend, lambda: main.write_text(text.replace("Shop", "Bank")))
    assert (await client.run(project)).state is PreviewState.READY
    assert any(b"Bank" in content for content in backend.store.objects.values())


@pytest.mark.parametrize("content", [BIG[:-1], BIG + b"x", BIG[:-1] + b"x", b"", b"x" + BIG[1:]])
async def test_every_way_a_large_file_can_change(
    client: PreviewClient, backend: FakePreviews, project: Path, content: bytes
) -> None:
    hero = project / "src" / "hero.png"
    hero.write_bytes(BIG)
    change_before_upload(backend, lambda: hero.write_bytes(content))
    ended = await client.run(project)
    assert (ended.state, ended.version) == (PreviewState.READY, 2)


async def test_a_file_that_vanishes_is_left_out(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    change_before_upload(backend, (project / "src" / "hero.png").unlink)
    assert (await client.run(project)).state is PreviewState.READY
    assert "src/hero.png" not in [file.path for file in backend.created()[0].body.files]


@pytest.mark.parametrize("swap", ["file", "folder"])
async def test_a_path_swapped_for_a_link_out_sends_nothing_of_what_it_leads_to(
    client: PreviewClient, backend: FakePreviews, project: Path, main: Path, tmp_path: Path, swap: str
) -> None:
    private = tmp_path / "private"
    private.mkdir()
    (private / "main.tsx").write_text("canary")

    def swap_it() -> None:
        victim = main if swap == "file" else main.parent
        victim.rename(tmp_path / "moved")
        victim.symlink_to(private / "main.tsx" if swap == "file" else private)

    change_before_upload(backend, swap_it)
    await client.run(project)
    assert b"canary" not in b"".join(backend.store.objects.values())
    assert not any(b"canary" in seen.body for seen in backend.journal)


async def test_a_file_that_never_rests_ends_with_its_name(
    client: PreviewClient, backend: FakePreviews, project: Path, main: Path
) -> None:
    change_before_upload(backend, *(partial(main.write_text, f"// {number}") for number in range(10)))
    ended = await client.run(project)
    assert ended.error is not None
    assert (ended.state, ended.error.code) == (PreviewState.FAILED, ErrorCode.SOURCE_CHANGED)
    assert "src/main.tsx" in ended.error.message
    assert not any(seen.target.endswith("/complete") for seen in backend.journal)


async def test_a_change_while_a_large_file_is_on_its_way_is_noticed(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    hero = project / "src" / "hero.png"
    hero.write_bytes(BIG * 8)
    changes = iter([lambda: hero.write_bytes(b"y" + BIG * 8)])

    async def change(key: str) -> None:
        # The head has arrived, and the first pieces are in the socket's buffers.
        if key.startswith("sources/") and (action := next(changes, None)):
            await asyncio.to_thread(action)

    backend.store.on_put = change
    assert (await client.run(project)).state is PreviewState.READY
    large = [content for key, content in backend.store.objects.items() if key.startswith("sources/")]
    assert large == [b"y" + BIG * 8]
