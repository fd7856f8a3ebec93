"""What `:HiveSync docs` asks about; and a result of many megabytes, which is shown in part, at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hivesync_dev.editors.installed import TMUX, VIM
from hivesync_dev.editors.scripted import scripted_editor
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.scripted import json_answer
from hivesync_dev.testing import require_tool

_LINE = "What it does, in words.\n"
_BYTES = 5_000_000


@pytest.mark.timeout(120)
@pytest.mark.parametrize("editor", ["neovim", "vim"])
async def test_the_selected_lines_are_asked_about_and_a_huge_result_is_cut(
    editor: str, tmp_path: Path
) -> None:
    for program in (TMUX, VIM):
        require_tool(program, "sudo apt-get install tmux vim")
    file = tmp_path / "a.ts"
    file.write_bytes(b"export const a = 1;\r\nconst b = 2;\r\n")
    result = {"summary": _LINE * (_BYTES // len(_LINE)), "key_concepts": [], "explanations": [], "notes": []}
    ready = {"id": "d1", "state": "ready", "result": result | {"engine": "workers-ai", "model": "m"}}
    async with FakeAgent(runtime=tmp_path / "run") as agent:
        agent.on("POST", "/v1/ai-docs", json_answer({"id": "d1", "state": "queued"}, 202))
        agent.on("GET", "/v1/ai-docs/d1", json_answer(ready))
        await asyncio.to_thread(_read, editor, file, tmp_path)
        (asked,) = agent.asked("POST", "/v1/ai-docs")
    content = "export const a = 1;\r\nunsaved;\r\nconst b = 2;\r\n"
    assert asked.json() == {
        "path": str(file),
        "content": content,
        "selection": {"line_start": 2, "line_end": 3},
    }


def _read(editor: str, file: Path, folder: Path) -> None:
    with scripted_editor(editor, file, folder) as tour:
        terminal = tour.terminal
        terminal.wait_for("export const a")
        terminal.command("1put ='unsaved;'")
        terminal.command("2,3HiveSync docs")
        terminal.wait_for("# a.ts", "What it does", seconds=30)
        terminal.press("G")
        terminal.wait_for("The answer is too long")
