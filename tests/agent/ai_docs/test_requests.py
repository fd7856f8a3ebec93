"""From a path to documentation: what is sent, what is told, and what is refused."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hivesync_agent.settings import AgentSettings
from hivesync_contract.ai_docs import AI_DOCS_FINAL_STATES, AiDocsError, AiDocsProgressEvent, Relation
from hivesync_contract.errors import ErrorCode
from hivesync_contract.events import EventType
from hivesync_dev.project_files import write_files
from hivesync_dev.servers.agents import RunningAgent, locations_in
from hivesync_dev.servers.fake_ai_docs import FakeAiDocs
from hivesync_dev.servers.second_user import sign_in_as_ada, sign_in_as_bob
from hivesync_dev.waiting import holds, until

CANARY = "canary-3f9a"


@pytest.fixture
async def backend() -> AsyncIterator[FakeAiDocs]:
    backend = FakeAiDocs()
    await backend.start()
    yield backend
    await backend.stop()


@pytest.fixture
def settings(backend: FakeAiDocs, tmp_path: Path) -> AgentSettings:
    return AgentSettings(
        server_url=backend.url, profile="default", locations=locations_in(tmp_path), drain_seconds=0.5
    )


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A project in which files import each other, and some hold a canary that must stay."""
    yield write_files(
        tmp_path / "shop",
        {
            "package.json": {"name": "shop"},
            ".gitignore": "generated.ts\n",
            "src/App.tsx": 'import { total } from "./total";\nimport "../.env";\nimport "./generated";\n'
            'import "../../outside";\nexport function App() {\n  return total;\n}\n',
            "src/total.ts": "export const total = () => 1;\n",
            "src/generated.ts": CANARY,
            "src/main.tsx": 'import { App } from "./App";\nApp();\n',
            "src/other.ts": "export {};\n",
            ".env": CANARY,
            "../outside.ts": CANARY,
        },
    )
    (tmp_path / "state" / "index.ts").unlink(missing_ok=True)  # a bait in the agent's own folder


async def ask(running: RunningAgent, path: Path | str, **more: Any) -> tuple[int, dict[str, Any]]:
    body = {"path": str(path), **more}
    async with running.http.post(f"{running.url}/v1/ai-docs", json=body) as answer:
        return answer.status, await answer.json(content_type=None)


async def ended(running: RunningAgent, request_id: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        async with running.http.get(f"{running.url}/v1/ai-docs/{request_id}") as answer:
            body: dict[str, Any] = await answer.json()
            return body if body["state"] in ("ready", "failed") else None

    found = await until(look)
    assert found is not None
    return found


async def documented(running: RunningAgent, path: Path | str, **more: Any) -> dict[str, Any]:
    status, body = await ask(running, path, **more)
    assert status == 202, body
    return await ended(running, body["id"])


async def test_a_file_is_sent_with_its_hash_and_explained(
    signed_in: RunningAgent, backend: FakeAiDocs, project: Path
) -> None:
    docs = await documented(signed_in, project / "src" / "App.tsx")
    assert (docs["state"], docs["file"], docs["root"]) == ("ready", "src/App.tsx", str(project))
    assert docs["result"]["summary"] == "What src/App.tsx is for."
    assert docs["result"]["engine"] == "outline"
    (asked,) = backend.asked
    assert asked.content == (project / "src" / "App.tsx").read_text()


async def test_its_context_is_what_is_near_it_and_nothing_else(
    signed_in: RunningAgent, backend: FakeAiDocs, project: Path
) -> None:
    await documented(signed_in, project / "src" / "App.tsx")
    (asked,) = backend.asked
    found = {(each.path, each.relation) for each in asked.context.neighbours}
    assert found == {("src/total.ts", Relation.IMPORTS), ("src/main.tsx", Relation.IMPORTED_BY)}
    assert [(each.name, each.kind, each.line_start, each.line_end) for each in asked.context.symbols] == [
        ("App", "function", 5, 7)
    ]
    assert CANARY not in msgspec.json.encode(asked).decode()


async def test_unsaved_text_and_a_selection_are_sent_as_the_editor_has_them(
    signed_in: RunningAgent, backend: FakeAiDocs, project: Path
) -> None:
    text = "class Ünsaved {}\n// two\n"
    selection = {"line_start": 1, "line_end": 2}
    docs = await documented(signed_in, project / "src" / "App.tsx", content=text, selection=selection)
    (asked,) = backend.asked
    assert (asked.content, asked.sha256) == (text, hashlib.sha256(text.encode()).hexdigest())
    assert docs["selection"] == selection
    assert [each.name for each in asked.context.symbols] == ["Ünsaved"]


async def test_each_state_is_told(signed_in: RunningAgent, project: Path) -> None:
    subscription = signed_in.agent.bus.subscribe(None)
    docs = await documented(signed_in, project / "src" / "total.ts")
    events = [event for event in await subscription.next() if event.type == EventType.AI_DOCS_PROGRESS]
    signed_in.agent.bus.unsubscribe(subscription)
    told = [msgspec.json.decode(event.data, type=AiDocsProgressEvent).ai_docs for event in events]
    assert [each.state for each in told] == ["preparing", "queued", "running", "ready"]
    assert told[-1].id == docs["id"]


async def test_a_failed_job_says_why(signed_in: RunningAgent, backend: FakeAiDocs, project: Path) -> None:
    backend.outcome_error = AiDocsError(ErrorCode.AI_JOB_FAILED, "The model gave up.")
    docs = await documented(signed_in, project / "src" / "total.ts")
    assert (docs["state"], docs["error"]) == (
        "failed",
        {"code": "AI_JOB_FAILED", "message": "The model gave up."},
    )


async def test_a_backend_without_ai_docs_is_named(
    signed_in: RunningAgent, backend: FakeAiDocs, project: Path
) -> None:
    backend.absent = True
    docs = await documented(signed_in, project / "src" / "total.ts")
    assert docs["error"]["code"] == "AI_DOCS_UNSUPPORTED"
    assert docs["error"]["message"] == "This HiveSync server has no AI documentation yet."


async def test_a_project_that_was_deleted_is_made_anew(
    signed_in: RunningAgent, backend: FakeAiDocs, project: Path
) -> None:
    first = await documented(signed_in, project / "src" / "total.ts")
    backend.projects.clear()
    second = await documented(signed_in, project / "src" / "total.ts")
    assert second["state"] == "ready"
    assert second["project_id"] != first["project_id"]


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        (".env", 403, "FORBIDDEN"),
        (".ENV.local", 403, "FORBIDDEN"),
        ("id_rsa", 403, "FORBIDDEN"),
        ("harmless.ts", 403, "FORBIDDEN"),
        (".aws/notes.ts", 403, "FORBIDDEN"),
        ("src/generated.ts", 403, "FORBIDDEN"),
        ("leads-out.ts", 403, "FORBIDDEN"),
        ("binary.ts", 422, "AI_DOCS_UNSUPPORTED"),
        ("latin.ts", 422, "AI_DOCS_UNSUPPORTED"),
        ("huge.ts", 413, "PAYLOAD_TOO_LARGE"),
        ("gone.ts", 422, "VALIDATION_ERROR"),
        ("src", 422, "VALIDATION_ERROR"),
        ("pipe.ts", 422, "VALIDATION_ERROR"),
        ("loop.ts", 422, "VALIDATION_ERROR"),
        ("src/../src/App.tsx", 422, "VALIDATION_ERROR"),
        ("../outside.ts", 422, "VALIDATION_ERROR"),
        ("../state/projects.work.json", 403, "FORBIDDEN"),
    ],
)
async def test_what_cannot_be_documented_is_refused_at_once(
    signed_in: RunningAgent, backend: FakeAiDocs, project: Path, name: str, status: int, code: str
) -> None:
    await asyncio.to_thread(_spoil, project)
    path = f"{project}/{name}" if "/../" in name else os.path.normpath(f"{project}/{name}")  # noqa: ASYNC240 - text only
    got, problem = await ask(signed_in, path)
    assert (got, problem["code"]) == (status, code), problem
    assert backend.asked == []


def _spoil(project: Path) -> None:
    write_files(
        project,
        {
            "binary.ts": b"a\x00b",
            "latin.ts": b"caf\xe9",
            "huge.ts": "x" * (1024 * 1024 + 1),
            **dict.fromkeys((".ENV.local", "id_rsa", ".aws/notes.ts"), CANARY),
            "../state/projects.work.json": "token",
        },
    )
    (project / "harmless.ts").symlink_to(".env")
    (project / "leads-out.ts").symlink_to(project.parent / "outside.ts")
    (project / "loop.ts").symlink_to("loop.ts")
    os.mkfifo(project / "pipe.ts")


@pytest.mark.parametrize(
    "name", [".env", "id_rsa", "harmless.ts", "leads-out.ts", "../state/projects.work.json"]
)
async def test_unsaved_text_of_a_file_that_must_stay_stays(
    signed_in: RunningAgent, backend: FakeAiDocs, project: Path, name: str
) -> None:
    await asyncio.to_thread(_spoil, project)
    path = os.path.normpath(f"{project}/{name}")  # noqa: ASYNC240 - text only
    status, problem = await ask(signed_in, path, content=CANARY)
    assert (status, problem["code"], backend.asked) == (403, "FORBIDDEN", [])


@pytest.mark.parametrize(
    "path", ["/proc/self/environ", "/proc/self/cmdline", "/dev/stdin", "/dev/zero", "/sys/kernel/notes"]
)
async def test_nothing_of_the_system_is_explained(
    signed_in: RunningAgent, backend: FakeAiDocs, path: str
) -> None:
    for folder in ("/proc", "/proc/self", "/sys", "/dev"):
        async with signed_in.http.post(f"{signed_in.url}/v1/projects", json={"path": folder}) as answer:
            assert answer.status == 403
    status, _ = await ask(signed_in, path)
    assert (status in (403, 422), backend.asked) == (True, [])


async def test_no_secret_near_a_file_is_in_its_context(
    signed_in: RunningAgent, backend: FakeAiDocs, project: Path
) -> None:
    secrets = {
        "src/secrets.json": CANARY,
        "src/.env.ts": CANARY,
        "src/key.json": f'"-----BEGIN PRIVATE KEY----- {CANARY}"',
        "src/.ssh/config.ts": CANARY,
        # It imports what is asked about, and so would be a neighbour, too.
        "src/credentials.json.ts": "",
        "src/client_secret.json": f'import "./asked"; {CANARY}',
    }
    await asyncio.to_thread(_spoil, project)
    imports = "".join(f'import "./{name.removeprefix("src/")}";' for name in secrets)
    write_files(
        project, secrets | {"src/asked.ts": f'{imports} import "../harmless"; import "../leads-out";'}
    )
    await documented(signed_in, project / "src" / "asked.ts")
    (asked,) = backend.asked
    assert [each.path for each in asked.context.neighbours] == ["src/credentials.json.ts"]
    assert CANARY not in msgspec.json.encode(asked).decode()


async def test_a_linked_folder_around_a_package_is_the_project(
    signed_in: RunningAgent, backend: FakeAiDocs, project: Path, tmp_path: Path
) -> None:
    write_files(project / "lib", {"package.json": "{}", "a.ts": "export {}"})
    async with signed_in.http.post(f"{signed_in.url}/v1/projects", json={"path": str(project)}) as answer:
        assert answer.status == 201
    docs = await documented(signed_in, project / "lib" / "a.ts")
    assert (docs["state"], docs["file"], docs["root"]) == ("ready", "lib/a.ts", str(project))


@pytest.mark.parametrize("selection", [(0, 1), (2, 1), (1, 99)])
async def test_a_selection_lies_in_the_file(
    signed_in: RunningAgent, project: Path, selection: tuple[int, int]
) -> None:
    lines = dict(zip(("line_start", "line_end"), selection, strict=True))
    status, problem = await ask(signed_in, project / "src" / "total.ts", selection=lines)
    assert (status, problem["code"]) == (422, "VALIDATION_ERROR")


async def test_a_file_of_a_linked_folder_needs_no_package(
    signed_in: RunningAgent, backend: FakeAiDocs, tmp_path: Path
) -> None:
    folder = write_files(
        tmp_path / "scripts", {"a.py": "def run():\n    pass\n\n\nclass A:\n    def go(self): ...\n"}
    )
    status, problem = await ask(signed_in, folder / "a.py")
    assert (status, problem["code"]) == (422, "VALIDATION_ERROR")
    assert "`hivesync link FOLDER`" in problem["detail"]
    async with signed_in.http.post(f"{signed_in.url}/v1/projects", json={"path": str(folder)}) as answer:
        assert answer.status == 201
    await documented(signed_in, folder / "a.py")
    (asked,) = backend.asked
    assert [(each.name, each.kind, each.container) for each in asked.context.symbols] == [
        *(("run", "function", ""), ("A", "class", ""), ("go", "method", "A")),
    ]


class TestAnotherUser:
    """What one user has asked for outlives the session, and is nobody else's."""

    async def test_it_is_not_asked_for_in_another_users_name(
        self, signed_in: RunningAgent, backend: FakeAiDocs, project: Path
    ) -> None:
        _, first = await ask(signed_in, project / "src/App.tsx")
        await holds(lambda: bool(backend.asked))
        await sign_in_as_bob(signed_in, backend)
        before = len(backend.journal)
        requests = signed_in.agent._previews.ai_docs._requests
        await holds(lambda: requests[first["id"]].state in AI_DOCS_FINAL_STATES)
        assert requests[first["id"]].error is not None
        assert not [each for each in backend.journal[before:] if "ai-docs" in each.target]

    async def test_it_is_not_shown_to_another_user(
        self, signed_in: RunningAgent, backend: FakeAiDocs, project: Path
    ) -> None:
        _, first = await ask(signed_in, project / "src/App.tsx")
        assert (await ended(signed_in, first["id"]))["state"] == "ready"
        await sign_in_as_bob(signed_in, backend)
        url = f"{signed_in.url}/v1/ai-docs/{first['id']}"
        async with signed_in.http.get(url) as answer:
            assert answer.status == 404
        await sign_in_as_ada(signed_in, backend)
        async with signed_in.http.get(url) as answer:
            assert answer.status == 200
