"""`hivesync link`: approve folders beside a project, keep what was approved before, take it back."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from hivesync_contract.local_projects import LocalProject, LocalProjectLink
from hivesync_contract.pages import Page
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.scripted import json_answer


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A project, and two folders beside it."""
    made = tuple(tmp_path.resolve() / name for name in ("shop", "shared", "icons"))
    for folder in made:
        folder.mkdir()
    shop, shared, icons = made
    return shop, shared, icons


@pytest.fixture
def asked(agent: FakeAgent, folders: tuple[Path, Path, Path]) -> list[LocalProjectLink | str]:
    """What reached the agent, in which the project is linked and may read one of the folders."""
    shop, shared, _ = folders
    seen: list[LocalProjectLink | str] = []
    known = LocalProject("p1", str(shop), "shop", [str(shared)])
    agent.on("GET", "/v1/status", json_answer(agent_status("http://x")))
    agent.on("GET", "/v1/projects", json_answer(Page([known])))

    async def link(request: web.Request) -> web.StreamResponse:
        body = LocalProjectLink(**await request.json())
        seen.append(body)
        made = LocalProject("p1", body.path, Path(body.path).name, body.workspace_roots)
        return await json_answer(made, 201)(request)

    async def unlink(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        return web.Response(status=204)

    agent.on("POST", "/v1/projects", link)
    agent.on("DELETE", "/v1/projects/p1", unlink)
    return seen


async def test_a_folder_is_approved_besides_those_that_are(
    hivesync: CommandLine, folders: tuple[Path, Path, Path], asked: list[LocalProjectLink | str]
) -> None:
    shop, shared, icons = folders
    outcome = await hivesync.run("link", str(shop), "--root", str(icons))
    assert outcome.code == 0, outcome.err
    assert asked == [LocalProjectLink(str(shop), None, [str(shared), str(icons)])]
    for said in (f"{shop} is linked to the project shop", f"may read {shared}", f"may read {icons}"):
        assert said in outcome.out


async def test_what_was_approved_can_be_taken_back(
    hivesync: CommandLine, folders: tuple[Path, Path, Path], asked: list[LocalProjectLink | str]
) -> None:
    shop, _, icons = folders
    for more, expected in (([], []), (["--root", str(icons)], [str(icons)])):
        outcome = await hivesync.run("link", str(shop), "--no-roots", *more, "--json")
        assert outcome.json()["workspace_roots"] == expected
    assert [each.workspace_roots for each in asked if isinstance(each, LocalProjectLink)] == [
        [],
        [str(icons)],
    ]


async def test_a_link_is_removed(
    hivesync: CommandLine, folders: tuple[Path, Path, Path], asked: list[LocalProjectLink | str]
) -> None:
    shop, shared, _ = folders
    assert (await hivesync.run("link", str(shop), "--remove")).code == 0
    assert len(asked) == 1
    assert str(asked[0]).endswith("/v1/projects/p1")
    other = await hivesync.run("link", str(shared), "--remove")
    assert (other.code, len(asked)) == (1, 1)
    assert "not linked" in other.err


async def test_what_is_no_folder_is_wrong_usage(hivesync: CommandLine, tmp_path: Path) -> None:
    for arguments in (["/no/such"], [str(tmp_path), "--root", "/no/such"], ["--remove", "--no-roots"]):
        assert (await hivesync.run("link", *arguments)).code == 2
