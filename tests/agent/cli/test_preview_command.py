"""`hivesync preview`: progress, link and code; or the place in the source that broke it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hivesync_contract.errors import Diagnostic, ErrorCode
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.local_diagnostics import LocalWarning
from hivesync_contract.previews import PreviewError, PreviewState
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.scripted import json_answer, problem_answer

LINK = "http://127.0.0.1:8787/p/0193#token"
Previews = Callable[..., None]


@pytest.fixture
def previews(agent: FakeAgent) -> Previews:
    """A function that scripts the states of the next preview."""
    agent.on("GET", "/v1/status", json_answer(agent_status("http://x")))

    def script(*states: dict[str, Any]) -> None:
        steps = [LocalPreview(id="v1", root="/src", entry="App.tsx", **state) for state in states]
        agent.on("POST", "/v1/previews", json_answer(steps[0], 202))

        async def show(request: web.Request) -> web.StreamResponse:
            return await json_answer(steps.pop(0) if len(steps) > 1 else steps[0])(request)

        agent.on("GET", "/v1/previews/v1", show)

    return script


async def test_progress_goes_to_stderr_and_the_link_with_its_code_to_stdout(
    hivesync: CommandLine, agent: FakeAgent, previews: Previews, tmp_path: Path
) -> None:
    previews(
        {"state": PreviewState.PREPARING},
        {"state": PreviewState.UPLOADING, "uploaded_bytes": 1000, "total_bytes": 4000},
        {"state": PreviewState.BUILDING},
        {
            "state": PreviewState.READY,
            "preview_url": LINK,
            "qr_text": "█▀▄█\n",
            "skipped": [".env", "key.pem"],
        },
    )
    outcome = await hivesync.run("preview", str(tmp_path), "--entry", "App.tsx", "--platform", "android")
    assert outcome.code == 0
    assert outcome.err.splitlines() == ["preparing", "uploading 4 kB", "building", "ready"]
    skipped, link, code = outcome.out.split("\n", 2)
    assert skipped.endswith(".env, key.pem")
    assert link == LINK
    assert code == "█▀▄█\n"
    body = agent.asked("POST", "/v1/previews")[0].json()
    assert body == {"path": str(tmp_path), "entry": "App.tsx", "platform": "android", "live": False}


async def test_a_ready_preview_as_json(hivesync: CommandLine, previews: Previews, tmp_path: Path) -> None:
    previews({"state": PreviewState.READY, "preview_url": LINK})
    outcome = await hivesync.run("preview", str(tmp_path), "--json")
    assert (outcome.json()["preview_url"], outcome.err) == (LINK, "")


async def test_not_waiting_returns_at_once(
    hivesync: CommandLine, agent: FakeAgent, previews: Previews, tmp_path: Path
) -> None:
    previews({"state": PreviewState.PREPARING})
    outcome = await hivesync.run("preview", str(tmp_path), "--no-wait")
    assert outcome.out == "preview v1 is preparing\n"
    assert agent.asked("GET", "/v1/previews/v1") == []


async def test_warnings_of_a_build_are_told_at_their_places_beside_the_link(
    hivesync: CommandLine, previews: Previews, tmp_path: Path
) -> None:
    hint = "On a device the package itself runs."
    icons = LocalWarning(
        str(tmp_path / "App.tsx"), "App.tsx", 3, 18, '"@expo/vector-icons" is replaced', hint
    )
    rest = [LocalWarning("", "", 1, 1, f"rule {number}\x1b[2J", hint) for number in range(11)]
    previews({"state": PreviewState.READY, "preview_url": LINK, "warnings": [icons, *rest]})
    outcome = await hivesync.run("preview", str(tmp_path))
    assert (outcome.code, outcome.out.splitlines()[0]) == (0, LINK)
    said = outcome.err.splitlines()[1:]
    assert said[:3] == [
        'App.tsx:3:18: warning: "@expo/vector-icons" is replaced',
        f"hint: {hint}",
        "warning: rule 0�[2J",
    ]
    assert said[-1] == "… and 2 more; --json has them all"
    assert len((await hivesync.run("preview", str(tmp_path), "--json")).json()["warnings"]) == 12


@pytest.fixture
def broken(previews: Previews) -> None:
    """A preview that fails at a place in the source."""
    place = Diagnostic(
        'Expected ";" but found "x"', "src/App.tsx", 3, 7, "  3 │ let y x\n    ╵       ^", "Add a ;"
    )
    error = PreviewError(ErrorCode.PREVIEW_BUILD_FAILED, place.message, place)
    failed = {"state": PreviewState.FAILED, "error": error, "preview_id": "0193", "preview_url": LINK}
    previews({"state": PreviewState.BUILDING}, failed)


@pytest.mark.usefixtures("broken")
async def test_a_build_error_names_its_place_as_compilers_do(hivesync: CommandLine, tmp_path: Path) -> None:
    outcome = await hivesync.run("preview", str(tmp_path))
    assert (outcome.code, outcome.out) == (1, f"{LINK}\n")
    assert 'src/App.tsx:3:7: Expected ";" but found "x"\n  3 │ let y x\n' in outcome.err
    assert outcome.err.count("Expected") == 1
    assert "hint: Add a ;" in outcome.err
    assert "code: PREVIEW_BUILD_FAILED" in outcome.err


@pytest.mark.usefixtures("broken")
async def test_a_build_error_as_json_has_its_place(hivesync: CommandLine, tmp_path: Path) -> None:
    outcome = await hivesync.run("preview", str(tmp_path), "--json")
    problem = outcome.json()
    assert (outcome.code, problem["code"]) == (1, "PREVIEW_BUILD_FAILED")
    assert (problem["diagnostic"]["file"], problem["diagnostic"]["line"]) == ("src/App.tsx", 3)
    assert (problem["preview_id"], problem["preview_url"]) == ("0193", LINK)
    assert problem["error"] == {
        "code": "PREVIEW_BUILD_FAILED",
        "message": problem["detail"],
        "diagnostic": problem["diagnostic"],
    }


async def test_a_failure_before_there_is_a_link_has_its_own_status(
    hivesync: CommandLine, previews: Previews, tmp_path: Path
) -> None:
    error = PreviewError(ErrorCode.PAYLOAD_TOO_LARGE, "src/huge.ts is too large.")
    previews({"state": PreviewState.FAILED, "error": error})
    outcome = await hivesync.run("preview", str(tmp_path))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.splitlines() == ["failed", error.message, "code: PAYLOAD_TOO_LARGE"]
    problem = (await hivesync.run("preview", str(tmp_path), "--json")).json()
    assert (problem["status"], problem["code"]) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_file_that_stands_for_its_app_says_so(
    hivesync: CommandLine, previews: Previews, tmp_path: Path
) -> None:
    file = tmp_path / "Card.tsx"
    file.touch()
    previews({"state": PreviewState.READY, "preview_url": LINK})
    assert "showing the project's entry App.tsx\n" in (await hivesync.run("preview", str(file))).err
    assert "showing" not in (await hivesync.run("preview", str(tmp_path))).err


async def test_a_refusal_at_once_is_told(
    hivesync: CommandLine, agent: FakeAgent, previews: Previews, tmp_path: Path
) -> None:
    agent.on("POST", "/v1/previews", problem_answer(422, "PREVIEW_UNSUPPORTED", "Flutter can't be shown."))
    outcome = await hivesync.run("preview", str(tmp_path))
    assert outcome.code == 1
    assert "Flutter can't be shown." in outcome.err


@pytest.mark.parametrize("link", ["https://evil.example/p/1#t", "file:///etc/passwd", "javascript:alert(1)"])
async def test_a_link_to_a_foreign_host_is_not_opened(
    hivesync: CommandLine, agent: FakeAgent, previews: Previews, tmp_path: Path, link: str
) -> None:
    hivesync.environ["BROWSER"] = f"touch {tmp_path}/opened && echo %s"
    agent.on(
        "GET",
        "/api/v1/health",
        json_answer({"status": "ok", "version": "0", "env": "local", "upload_origins": []}),
    )
    previews({"state": PreviewState.READY, "preview_url": link})
    outcome = await hivesync.run("preview", str(tmp_path), "--open")
    assert "not opened" in outcome.err
    assert not (tmp_path / "opened").exists()
