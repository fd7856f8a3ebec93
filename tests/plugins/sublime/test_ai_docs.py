"""AI documentation in the Sublime Text plugin: explained, suggested, applied on request."""

from __future__ import annotations

from typing import Any

from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.scripted import json_answer, problem_answer

from tests.plugins.sublime.editor import Editor
from tests.plugins.sublime.project import HOSTILE, TEXT


def documentation(**more: Any) -> dict[str, Any]:
    explanation = {"symbol": HOSTILE, "line_start": 3, "line_end": 3, "text": HOSTILE}
    result = {
        "summary": HOSTILE,
        "key_concepts": [HOSTILE],
        "explanations": [explanation],
        "engine": "outline",
    }
    return {"id": "d1", "state": "ready", "file": "app.tsx", "result": {**result, **more}}


async def test_unsaved_text_is_documented_and_the_suggestion_is_applied_on_request(
    editor: Editor, answering: FakeAgent
) -> None:
    unsaved = "// new\n" + TEXT
    diff = "--- a/app.tsx\n+++ b/app.tsx\n@@ -3,2 +3,3 @@\n \n+/** One. */\n export const a = 1\n"
    answering.on("POST", "/v1/ai-docs", json_answer({**documentation(), "state": "queued"}, 202))
    answering.on("GET", "/v1/ai-docs/d1", json_answer(documentation(suggested_diff=diff)))
    await editor.do("type", text="// new\n")
    await editor.do("select", a=7, b=16)
    await editor.run("hivesync_generate_ai_docs")
    seen = await editor.see(lambda seen: seen["sheets"])
    (asked,) = answering.asked("POST", "/v1/ai-docs")
    assert asked.json()["content"] == unsaved
    assert asked.json()["selection"] == {"line_start": 2, "line_end": 2}
    assert "&lt;img src=x onerror=alert(1)&gt;" in seen["sheets"][0][1]
    assert "Made by outline" in seen["sheets"][0][1]
    assert seen["phantoms"][0][0] == 2
    assert seen["text"] == unsaved, "nothing is applied by itself"
    await editor.run("hivesync_show_suggested_diff")
    seen = await editor.do("see")
    assert (seen["text"], seen["syntax"]) == (diff, "Packages/Diff/Diff.sublime-syntax")
    await editor.do("click", href="apply")
    seen = await editor.do("see")
    assert seen["text"] == unsaved.replace("export", "/** One. */\nexport")
    assert seen["reference"] == unsaved
    await editor.run("hivesync_apply_suggested_diff")
    await editor.is_told("no diff was suggested")
    await editor.run("hivesync_clear_explanations")
    assert (await editor.do("see"))["phantoms"] == []


async def test_a_suggestion_is_dropped_by_its_discarding_and_by_a_newer_result(
    editor: Editor, answering: FakeAgent
) -> None:
    diff = "--- a\n+++ b\n@@ -1 +1 @@\n-import x\n+import y\n"

    async def generate(sheets: int, **more: Any) -> None:
        answering.on("POST", "/v1/ai-docs", json_answer(documentation(**more), 202))
        await editor.run("hivesync_generate_ai_docs")
        await editor.see(lambda seen: len(seen["sheets"]) == sheets)
        await editor.run("hivesync_show_suggested_diff")

    await generate(1, suggested_diff=diff)
    assert (await editor.do("see"))["text"] == diff
    await editor.do("click", href="discard")
    await editor.run("hivesync_show_suggested_diff")
    await editor.is_told("no diff was suggested")
    await generate(2, suggested_diff=diff)
    assert (await editor.do("see"))["text"] == diff
    await editor.do("close")
    await generate(3)
    seen = await editor.do("see")
    assert seen["text"] == TEXT
    assert [told for told in seen["shown"]["status"] if "no diff" in told] == [
        "HiveSync: no diff was suggested for this file."
    ] * 2


async def test_a_suggestion_for_another_text_is_refused(editor: Editor, answering: FakeAgent) -> None:
    diff = "--- a\n+++ b\n@@ -1 +1 @@\n-import x\n+import y\n"
    answering.on("POST", "/v1/ai-docs", json_answer(documentation(suggested_diff=diff), 202))
    await editor.run("hivesync_generate_ai_docs")
    await editor.see(lambda seen: seen["sheets"])
    await editor.do("type", text=" ", at=len(TEXT))
    await editor.run("hivesync_apply_suggested_diff")
    seen = await editor.do("see")
    assert "has changed since" in seen["shown"]["errors"][0]
    assert seen["text"] == TEXT + " "


async def test_a_result_of_ten_megabytes_keeps_nobody_waiting(editor: Editor, answering: FakeAgent) -> None:
    explanations = [
        {"symbol": f"s{n}", "line_start": n % 3 + 1, "line_end": 3, "text": "<b>" * 700} for n in range(5000)
    ]
    huge = documentation(summary="<i>" * 300_000, explanations=explanations)
    answering.on("POST", "/v1/ai-docs", json_answer(huge, 202))
    await editor.run("hivesync_generate_ai_docs")
    seen = await editor.see(lambda seen: seen["sheets"])
    assert len(seen["sheets"][0][1]) < 2_000_000
    assert "more explanations are left out" in seen["sheets"][0][1]
    assert len(seen["phantoms"]) == 100


async def test_what_is_no_text_or_no_file_is_not_documented(editor: Editor, answering: FakeAgent) -> None:
    await editor.do("encoding", name="Hexadecimal")
    await editor.run("hivesync_generate_ai_docs")
    answering.on("POST", "/v1/ai-docs", problem_answer(413, "PAYLOAD_TOO_LARGE", "The file is too large."))
    await editor.do("encoding", name="UTF-8")
    await editor.run("hivesync_generate_ai_docs")
    await editor.see(lambda seen: len(seen["shown"]["errors"]) == 2)
    await editor.do("type", text="x" * 4_000_001)
    await editor.run("hivesync_generate_ai_docs")
    seen = await editor.see(lambda seen: len(seen["shown"]["errors"]) == 3)
    assert "Move a part of it" in seen["shown"]["errors"][2]
    assert len(answering.asked("POST", "/v1/ai-docs")) == 1
    assert "binary" in seen["shown"]["errors"][0]
    assert seen["shown"]["errors"][1] == "HiveSync: The file is too large."
