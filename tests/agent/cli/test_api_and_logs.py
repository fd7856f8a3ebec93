"""`hivesync api` and `hivesync logs`, and how a command that waits ends with Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest
from aiohttp import web
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.servers.scripted import json_answer

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@pytest.mark.parametrize("path", ["projects", "/api/v1/projects"])
async def test_a_short_path_means_the_backend_s(hivesync: CommandLine, agent: FakeAgent, path: str) -> None:
    agent.on("GET", "/api/v1/projects", json_answer({"items": [], "next_cursor": None}))
    outcome = await hivesync.run("api", "GET", path)
    assert json.loads(outcome.out) == {"items": [], "next_cursor": None}


async def test_a_path_of_the_agent_is_possible_too(hivesync: CommandLine, agent: FakeAgent) -> None:
    agent.on("GET", "/v1/status", json_answer(agent_status("http://x")))
    assert (await hivesync.run("api", "GET", "/v1/status")).code == 0


@pytest.mark.parametrize("source", ["argument", "file", "stdin"])
async def test_a_body_comes_from_an_argument_a_file_or_stdin(
    hivesync: CommandLine, agent: FakeAgent, tmp_path: Path, source: str
) -> None:
    agent.on("POST", "/api/v1/projects", json_answer({}, 201))
    text = '{"name": "größer"}'
    file = tmp_path / "body.json"
    file.write_text(text, encoding="utf-8")
    data = {"argument": text, "file": f"@{file}", "stdin": "-"}[source]
    outcome = await hivesync.run("api", "post", "projects", "--data", data, stdin=text)
    assert outcome.code == 0, outcome.err
    assert agent.requests[-1].json() == {"name": "größer"}


async def test_a_body_that_is_not_json_is_wrong_usage(hivesync: CommandLine, agent: FakeAgent) -> None:
    outcome = await hivesync.run("api", "POST", "projects", "--data", "{name: x}")
    assert outcome.code == 2
    assert agent.requests == []


async def test_a_file_that_is_not_there_is_a_failure_in_words(hivesync: CommandLine) -> None:
    outcome = await hivesync.run("api", "POST", "projects", "--data", "@/no/such/file")
    assert (outcome.code, outcome.out) == (1, "")
    assert "No such file or directory: /no/such/file" in outcome.err


@pytest.mark.parametrize("form", [(), ("--json",)])
async def test_an_answer_from_before_is_told_apart_and_leaves_stdout_alone(
    hivesync: CommandLine, agent: FakeAgent, form: tuple[str, ...]
) -> None:
    agent.on("GET", "/api/v1/projects", json_answer({"items": []}, headers={"X-HiveSync-Offline": "90"}))
    outcome = await hivesync.run("api", *form, "GET", "projects")
    assert (outcome.code, outcome.json()) == (0, {"items": []})
    assert "this was read 90 s ago" in outcome.err


async def test_an_answer_that_is_no_json_is_wrapped_for_json(hivesync: CommandLine, agent: FakeAgent) -> None:
    async def text(request: web.Request) -> web.StreamResponse:
        return web.Response(text="hello")

    agent.on("GET", "/api/v1/text", text)
    assert (await hivesync.run("api", "GET", "text")).out == "hello\n"
    assert (await hivesync.run("api", "GET", "text", "--json")).json() == {"status": 200, "body": "hello"}


async def test_an_empty_answer_prints_nothing(hivesync: CommandLine, agent: FakeAgent) -> None:
    async def nothing(request: web.Request) -> web.StreamResponse:
        return web.Response(status=204)

    agent.on("DELETE", "/api/v1/projects/p1", nothing)
    outcome = await hivesync.run("api", "DELETE", "projects/p1", "--json")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


async def test_the_last_lines_of_the_log_are_shown(hivesync: CommandLine) -> None:
    log = hivesync.locations.agent_log("default")
    log.parent.mkdir(parents=True)
    log.write_text("".join(f"line {number}\n" for number in range(10)))
    assert (await hivesync.run("logs", "-n", "2")).out == "line 8\nline 9\n"
    assert (await hivesync.run("logs", "-n", "2", "--json")).json()["lines"] == [
        {"message": "line 8"},
        {"message": "line 9"},
    ]


async def test_the_agent_that_runs_is_asked_for_its_log_first(
    hivesync: CommandLine, agent: FakeAgent
) -> None:
    agent.on("GET", "/v1/logs", json_answer({"lines": ["from the agent"]}))
    log = hivesync.locations.agent_log("default")
    log.parent.mkdir(parents=True)
    log.write_text("from the file\n")
    assert (await hivesync.run("logs", "-n", "7")).out == "from the agent\n"
    assert agent.asked("GET", "/v1/logs")[0].query == "lines=7"
    assert (await hivesync.run("logs", "--json")).json()["lines"] == [{"message": "from the agent"}]
    await agent.stop()
    assert (await hivesync.run("logs")).out == "from the file\n"


async def test_an_agent_that_can_not_tell_its_log_leaves_the_file(
    hivesync: CommandLine, agent: FakeAgent
) -> None:
    agent.on("GET", "/v1/logs", json_answer({"other": []}))
    log = hivesync.locations.agent_log("default")
    log.parent.mkdir(parents=True)
    log.write_text("from the file\n")
    assert (await hivesync.run("logs")).out == "from the file\n"


async def read_line(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    async with asyncio.timeout(20):
        return await process.stdout.readline()


@posix
async def test_a_log_is_followed_over_its_rotation_until_ctrl_c(hivesync: CommandLine) -> None:
    hivesync.environ["PYTHONUNBUFFERED"] = "1"
    log = hivesync.locations.agent_log("default")
    log.parent.mkdir(parents=True)
    log.write_text("before, and longer than what comes after the rotation\n")
    process = await hivesync.spawn("logs", "--follow")
    assert (await read_line(process)).startswith(b"before")
    log.replace(log.with_name(f"{log.name}.1"))
    log.write_text("after\n")
    assert await read_line(process) == b"after\n"
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert (process.returncode, err.strip()) == (130, b"Interrupted.")


@posix
@pytest.mark.usefixtures("store")
async def test_a_sign_in_that_waits_ends_with_ctrl_c(hivesync: CommandLine, backend: FakeBackend) -> None:
    backend.device_answers = ["authorization_pending"] * 100_000
    process = await hivesync.spawn("login", "--no-agent")
    assert process.stderr is not None
    async with asyncio.timeout(20):
        while b"Waiting" not in await process.stderr.readline():
            pass
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in err


@posix
async def test_a_reader_that_leaves_early_is_no_traceback(hivesync: CommandLine) -> None:
    log = hivesync.locations.agent_log("default")
    log.parent.mkdir(parents=True)
    log.write_text("a long line of a log\n" * 50_000)
    command = f"{sys.executable} -m hivesync_agent logs -n 50000 | head -n 1"
    process = await asyncio.create_subprocess_shell(
        command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=hivesync.env()
    )
    out, err = await process.communicate()
    assert (out, err) == (b"a long line of a log\n", b"")


async def test_a_program_gets_any_answer_whole_and_repeats_under_its_own_key(
    hivesync: CommandLine, agent: FakeAgent
) -> None:
    refusal = json_answer({"code": "CONFLICT"}, 409, headers={"Retry-After": "2"})
    agent.on("POST", "/api/v1/projects", refusal)
    outcome = await hivesync.run("api", "POST", "projects", "--include", "--key", "mine")
    head, _, body = outcome.out.partition("\r\n\r\n")
    assert (outcome.code, head.splitlines()[0], json.loads(body)) == (0, "HTTP/1.1 409", {"code": "CONFLICT"})
    assert "retry-after: 2" in head
    assert "content-length" not in head
    assert agent.requests[-1].headers["Idempotency-Key"] == "mine"
