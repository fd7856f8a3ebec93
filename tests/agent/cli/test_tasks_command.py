"""`tasks`, `notifications`: which project is meant, and how what others wrote is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hivesync_contract.local_projects import LocalProject
from hivesync_contract.notifications import Notification, NotificationType, SubjectKind, UnreadCount
from hivesync_contract.pages import Page
from hivesync_contract.projects import Project
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.scripted import json_answer

NOW = datetime(2026, 11, 28, tzinfo=UTC)
SHOP, OTHER, TWIN = (
    Project(key, name, "", "u1", NOW, NOW) for key, name in (("p1", "shop"), ("p2", "map"), ("p3", "map"))
)

NOT_LINKED = (
    "This folder is not linked to a project. Name one with --project, or link the folder: "
    "`hivesync link --project ID` to one of these, `hivesync link` to a new one."
)


@pytest.fixture
def agent_with_projects(agent: FakeAgent) -> FakeAgent:
    """One that has no folder linked, and three projects, two of the same name."""
    agent.on("GET", "/v1/projects", json_answer(Page([])))
    agent.on("GET", "/api/v1/projects", json_answer(Page([SHOP, OTHER, TWIN])))
    for each in (SHOP, OTHER, TWIN):
        agent.on("GET", f"/api/v1/projects/{each.id}/tasks", json_answer(Page([])))
    return agent


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("tasks", f"{NOT_LINKED}\n  p1  shop\n  p2  map\n  p3  map\ncode: PROJECT_UNCLEAR\n"),
        ("tasks add x", NOT_LINKED),
        (
            "tasks --project garden",
            "No project is called garden. Name one of these with --project.\n  p1  shop\n",
        ),
        (
            "tasks --project map",
            "Several projects are called map. Name one by its id: --project ID.\n  p2  map\n  p3  map\n",
        ),
    ],
)
@pytest.mark.usefixtures("agent_with_projects")
async def test_a_project_that_is_not_plain_is_asked_for(
    hivesync: CommandLine, arguments: str, said: str
) -> None:
    outcome = await hivesync.run(*arguments.split())
    assert (outcome.code, outcome.out, outcome.err.startswith(said)) == (2, "", True)
    assert "--help" not in outcome.err
    problem = (await hivesync.run(*arguments.split(), "--json")).json()
    ids = [each["id"] for each in problem["projects"]]
    assert (problem["code"], ids[-1]) == ("PROJECT_UNCLEAR", "p3")


async def test_of_many_projects_the_first_are_shown_and_their_names_do_not_drive_the_terminal(
    hivesync: CommandLine, agent_with_projects: FakeAgent
) -> None:
    many = [Project(f"p{number}", "a\x1b[31m\nb", "", "u1", NOW, NOW) for number in range(12)]
    agent_with_projects.on("GET", "/api/v1/projects", json_answer(Page(many)))
    shown = (await hivesync.run("tasks")).err
    assert "\n  p9  a�[31m�b\n  and 2 more\ncode: " in shown


@pytest.mark.usefixtures("agent_with_projects")
@pytest.mark.parametrize("project", ["shop", "p1"])
async def test_a_project_goes_by_name_and_by_id(hivesync: CommandLine, project: str) -> None:
    assert (await hivesync.run("tasks", "--project", project)).out == "shop: nothing to do\n"


async def test_the_nearest_linked_folder_is_meant(
    hivesync: CommandLine, agent_with_projects: FakeAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer, inner = tmp_path, tmp_path / "packages" / "map"
    (inner / "src").mkdir(parents=True)
    linked = [LocalProject(*each) for each in (("p1", str(outer), "shop"), ("p2", str(inner), "map"))]
    agent_with_projects.on("GET", "/v1/projects", json_answer(Page(linked)))
    for folder, name in ((inner / "src", "map"), (inner.parent, "shop")):
        monkeypatch.chdir(folder)
        assert (await hivesync.run("tasks")).out == f"{name}: nothing to do\n"


async def test_who_has_no_project_is_told_how_to_get_one(hivesync: CommandLine, agent: FakeAgent) -> None:
    agent.on("GET", "/v1/projects", json_answer(Page([])))
    agent.on("GET", "/api/v1/projects", json_answer(Page([])))
    outcome = await hivesync.run("tasks")
    assert (outcome.code, "`hivesync link` makes one" in outcome.err) == (2, True)


async def test_what_others_wrote_does_not_drive_the_terminal(
    hivesync: CommandLine, agent_with_projects: FakeAgent
) -> None:
    told = Notification(
        *(
            "n1",
            NotificationType.MENTION,
            "look\x1b[31m\nhere",
            "p1",
            SubjectKind.PROJECT,
            "p1",
            None,
            False,
            NOW,
        )
    )
    agent_with_projects.on("GET", "/api/v1/notifications", json_answer(Page([told])))
    agent_with_projects.on("GET", "/api/v1/notifications/unread", json_answer(UnreadCount(1, False)))
    outcome = await hivesync.run("notifications")
    assert "look�[31m�here\n" in outcome.out
    assert outcome.out.endswith("\n1 unread; `hivesync notifications read` marks them as read\n")
