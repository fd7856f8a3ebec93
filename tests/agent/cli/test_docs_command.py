"""`hivesync docs`: Markdown for people, JSON for programs, and the reason where there is nothing to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from hivesync_contract.ai_docs import (
    AiDocsError,
    AiDocsResult,
    AiDocsState,
    Explanation,
    LocalAiDocs,
    Selection,
)
from hivesync_contract.errors import ErrorCode
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.scripted import json_answer

RESULT = AiDocsResult(
    summary="Adds numbers.",
    key_concepts=["sums"],
    explanations=[Explanation("total", 1, 3, "Adds."), Explanation("", 5, 5, "Exports.")],
    engine="outline",
    suggested_diff="--- a/a.ts\n+++ b/a.ts\n",
    notes=["Nothing was sent."],
)
Script = Callable[..., None]


@pytest.fixture
def script(agent: FakeAgent) -> Script:
    """A function that scripts how the next request goes."""
    agent.on("GET", "/v1/status", json_answer(agent_status("http://x")))

    def on(result: AiDocsResult | None = None, error: AiDocsError | None = None) -> None:
        state = AiDocsState.READY if result else AiDocsState.FAILED
        begun = LocalAiDocs("d1", AiDocsState.PREPARING, "/src", "a.ts", "0" * 64)
        steps = [begun, LocalAiDocs("d1", state, "/src", "a.ts", "0" * 64, result=result, error=error)]
        agent.on("POST", "/v1/ai-docs", json_answer(begun, 202))

        async def show(request: web.Request) -> web.StreamResponse:
            return await json_answer(steps.pop(0) if len(steps) > 1 else steps[0])(request)

        agent.on("GET", "/v1/ai-docs/d1", show)

    return on


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "a.ts").write_text("1\n2\n3\n")
    return tmp_path / "a.ts"


async def test_people_read_markdown(
    hivesync: CommandLine, agent: FakeAgent, script: Script, file: Path
) -> None:
    script(RESULT)
    outcome = await hivesync.run("docs", str(file), "--selection", "1:3")
    assert outcome.code == 0, outcome.err
    assert outcome.out == (
        "# a.ts\n\nAdds numbers.\n\n## Key concepts\n\n- sums\n\n## Explanations\n\n"
        "### `total`, lines 1–3\n\nAdds.\n\n### Line 5\n\nExports.\n\n"
        "## Suggested change\n\n```diff\n--- a/a.ts\n+++ b/a.ts\n```\n\n*By outline.* Nothing was sent.\n"
    )
    assert outcome.err == "preparing\n"
    asked = agent.asked("POST", "/v1/ai-docs")[0].json()
    assert asked == {"path": str(file), "content": None, "selection": {"line_start": 1, "line_end": 3}}


async def test_programs_read_json(hivesync: CommandLine, script: Script, file: Path) -> None:
    script(RESULT)
    outcome = await hivesync.run("docs", str(file), "--json")
    assert (outcome.json()["result"]["engine"], outcome.err) == ("outline", "")


async def test_the_suggested_change_alone_is_for_git(
    hivesync: CommandLine, script: Script, file: Path
) -> None:
    script(RESULT)
    outcome = await hivesync.run("docs", str(file), "--diff")
    assert (outcome.code, outcome.out) == (0, RESULT.suggested_diff)
    script(replace(RESULT, suggested_diff=None))
    outcome = await hivesync.run("docs", str(file), "--diff")
    assert (outcome.code, outcome.out) == (0, "")
    assert "No change is suggested. Nothing was sent." in outcome.err


async def test_nothing_drives_the_terminal(hivesync: CommandLine, script: Script, file: Path) -> None:
    script(replace(RESULT, summary="a\x1b]0;owned\x07\u202eb", model="m\x1b[2J", fallback=True))
    outcome = await hivesync.run("docs", str(file))
    assert "a�]0;owned��b" in outcome.out
    assert "*By outline, model m�[2J (the usual model could not be had).*" in outcome.out


def test_a_terminal_shows_colours() -> None:
    from hivesync_agent.cli.documentation import shown

    lines = list(shown("a.ts", RESULT))
    assert lines[0] == "\x1b[1m# a.ts\x1b[0m"
    assert "\x1b[32m+++ b/a.ts\x1b[0m" in lines


async def test_a_failure_has_its_code(hivesync: CommandLine, script: Script, file: Path) -> None:
    script(
        error=AiDocsError(ErrorCode.AI_DOCS_UNSUPPORTED, "This HiveSync server has no AI documentation yet.")
    )
    outcome = await hivesync.run("docs", str(file))
    assert (outcome.code, outcome.out) == (1, "")
    assert "no AI documentation yet" in outcome.err
    assert "code: AI_DOCS_UNSUPPORTED" in outcome.err


@pytest.mark.parametrize("selection", ["x", "1:y", ":", "-1:2"])
async def test_a_selection_is_two_numbers(hivesync: CommandLine, file: Path, selection: str) -> None:
    outcome = await hivesync.run("docs", str(file), f"--selection={selection}")
    assert outcome.code == 2
    assert "--selection is A:B" in outcome.err


def test_the_selection_of_one_line() -> None:
    from hivesync_agent.cli.docs import _selection

    assert _selection("7") == Selection(7, 7)
