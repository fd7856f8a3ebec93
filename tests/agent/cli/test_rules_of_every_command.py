"""Exit codes, JSON, no traceback, a quick start: the same for every command."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.servers.scripted import problem_answer

GROUPS = {
    "agent": ("run", "start", "stop", "restart", "status"),
    "notifications": ("read",),
    "service": ("install", "uninstall", "status"),
    "tasks": ("add", "set"),
}
COMMANDS = [
    *(*GROUPS, "api", "completion", "doctor", "link", "login", "logout", "logs", "preview", "remote"),
    "status",
    *("support-bundle", "token", "tray", "uninstall", "whoami"),
]
ALL = [*COMMANDS, *(f"{group} {action}" for group, actions in GROUPS.items() for action in actions)]


async def test_help_names_every_command(hivesync: CommandLine) -> None:
    outcome = await hivesync.run("--help")
    assert outcome.code == 0
    assert all(f"\n  {name} " in outcome.out for name in COMMANDS)


async def test_without_a_command_it_helps_and_scolds_nobody(hivesync: CommandLine) -> None:
    outcome = await hivesync.run()
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (await hivesync.run("--help")).out


@pytest.mark.parametrize("command", ALL)
async def test_every_command_explains_itself(hivesync: CommandLine, command: str) -> None:
    outcome = await hivesync.run(*command.split(), "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: hivesync {command} ")
    assert command in GROUPS or "--json" in outcome.out


def test_help_loads_nothing_that_only_a_command_needs() -> None:
    """What is imported is what a start costs: the command's own few modules, click, and no network."""
    program = (
        "import sys; from hivesync_agent.cli.main import run; run(['--help']);"
        "print(*(name for name, module in sys.modules.items() if module), file=sys.stderr)"
    )
    # -S: what the environment itself imports at start is not the command's doing.
    program = f"import sys; sys.path[:] = {sys.path!r}; {program}"
    done = subprocess.run([sys.executable, "-S", "-c", program], check=True, capture_output=True, text=True)
    loaded = set(done.stderr.split())
    assert {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names - {"__main__"} == {
        *("click", "hivesync_agent", "hivesync_contract")
    }
    assert loaded.isdisjoint({"asyncio", "ssl", "socket", "http.client", "importlib.metadata"})
    assert {name for name in loaded if name.startswith("hivesync_agent.cli.")} == {
        *("hivesync_agent.cli.main", "hivesync_agent.cli.console", "hivesync_agent.cli.failures")
    }


@pytest.mark.parametrize(
    "arguments",
    [
        "nonsense",
        "status --nonsense",
        "api GET",
        "preview /no/such/path",
        "logs -n x",
        "login --password-stdin",
        "login --email ada",
        "login --email ada --password-stdin",
        "tasks set 1 almost",
        "tasks --mine add x",
    ],
)
async def test_wrong_usage_is_2(hivesync: CommandLine, arguments: str) -> None:
    for as_json in ("", "--json "):
        outcome = await hivesync.run(*(as_json + arguments).split())
        assert outcome.code == 2
        assert "Traceback" not in outcome.err
    assert outcome.json()["code"] == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HIVESYNC_SERVER_URL", "http://example.org"),
        ("HIVESYNC_PROFILE", "../x"),
        ("HIVESYNC_TOKEN", "a b"),
    ],
)
async def test_a_wrong_environment_is_2_and_names_the_variable(
    hivesync: CommandLine, name: str, value: str
) -> None:
    hivesync.environ[name] = value
    outcome = await hivesync.run("whoami")
    assert outcome.code == 2
    assert name in outcome.err


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("command", ["whoami", "token", "api GET auth/me", "tasks", "notifications"])
async def test_not_signed_in_is_3(hivesync: CommandLine, command: str) -> None:
    outcome = await hivesync.run(*command.split())
    assert outcome.code == 3
    assert outcome.out == ""
    assert "hivesync login" in outcome.err
    assert "code: AUTH_REQUIRED" in outcome.err


async def test_not_signed_in_is_3_without_a_keychain_too(hivesync: CommandLine) -> None:
    assert (await hivesync.run("whoami")).code == 3


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("command", ["whoami", "token", "api GET projects"])
async def test_offline_is_4(hivesync: CommandLine, backend: FakeBackend, command: str) -> None:
    await backend.stop()
    outcome = await hivesync.run(*command.split(), "--json")
    assert outcome.code == 4
    assert outcome.json()["code"] == "UPSTREAM_UNREACHABLE"
    assert outcome.err == ""


@pytest.mark.parametrize("form", ["--json api GET x", "api --json GET x", "api GET x --json"])
async def test_json_is_understood_everywhere(hivesync: CommandLine, agent: FakeAgent, form: str) -> None:
    agent.on("GET", "/api/v1/x", problem_answer(409, "CONFLICT", "No.", request_id="r1"))
    outcome = await hivesync.run(*form.split())
    assert outcome.code == 1
    assert outcome.err == ""
    problem = outcome.json()
    assert (problem["code"], problem["detail"], problem["request_id"]) == ("CONFLICT", "No.", "r1")


async def test_a_failure_is_told_in_words_with_code_and_request(
    hivesync: CommandLine, agent: FakeAgent
) -> None:
    errors = [{"field": "name", "message": "is too long"}]
    agent.on(
        "GET", "/api/v1/x", problem_answer(422, "VALIDATION_ERROR", "Look.", request_id="r1", errors=errors)
    )
    outcome = await hivesync.run("api", "GET", "x")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.splitlines() == [
        "Look.",
        "  name: is too long",
        "code: VALIDATION_ERROR",
        "request: r1",
    ]


async def test_a_code_of_a_later_release_is_shown_as_it_came(hivesync: CommandLine, agent: FakeAgent) -> None:
    agent.on("GET", "/api/v1/x", problem_answer(409, "MOON_IS_FULL"))
    assert (await hivesync.run("api", "GET", "x", "--json")).json()["code"] == "MOON_IS_FULL"


async def test_a_corrupt_discovery_file_is_no_traceback(hivesync: CommandLine, agent: FakeAgent) -> None:
    agent.discovery_path.write_bytes(b"\x00garbage")
    outcome = await hivesync.run("status", "--json")
    assert outcome.code == 0
    assert "damaged" in outcome.json()["reason"]


async def test_profiles_have_agents_of_their_own(hivesync: CommandLine, agent: FakeAgent) -> None:
    outcome = await hivesync.run("--profile", "work", "agent", "status", "--json")
    assert (outcome.code, outcome.json()["running"]) == (1, False)
    assert agent.requests == []


@pytest.mark.usefixtures("signed_in")
async def test_no_token_reaches_the_terminal_unasked(
    hivesync: CommandLine, backend: FakeBackend, agent: FakeAgent
) -> None:
    for command in ("status", "whoami", "doctor", "logs", "api GET health"):
        outcome = await hivesync.run(*command.split())
        assert agent.token not in outcome.out + outcome.err
