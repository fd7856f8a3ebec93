"""A container, as far as HiveSync sees one: no home, no runtime folder, no keychain; only variables."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_backend import USER, FakeBackend
from hivesync_dev.testing import require_tool

API_KEY = "hs_" + "k" * 40
NAMESPACES = ("--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
EMPTY_MACHINE = """
mount -t tmpfs -o mode=0700 tmpfs "$HOME" && mkdir "$HOME/run" && mount --bind "$HOME/run" /run || exit 1
unset XDG_RUNTIME_DIR HIVESYNC_RUNTIME_DIR HIVESYNC_CONFIG_DIR HIVESYNC_STATE_DIR HIVESYNC_LOG_DIR
"""
ITS_COMMAND = 'exec "$@"'
AN_AGENT_AND_AN_EDITOR = """
"$1" -m hivesync_agent agent start
unset HIVESYNC_TOKEN HIVESYNC_SERVER_URL
"$1" -m hivesync_agent whoami
"$1" -m hivesync_agent agent stop
"""
Container = Callable[..., CommandLine]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="containers are Linux'")


@pytest.fixture
async def backend() -> AsyncIterator[FakeBackend]:
    """A backend that takes API keys."""
    async with FakeBackend() as server:
        server.api_keys.add(API_KEY)
        yield server


@pytest.fixture
def container(tmp_path: Path, backend: FakeBackend) -> Container:
    """Give an empty machine in namespaces of its own, with two variables and what it runs."""
    unshare = require_tool("unshare", "it is part of util-linux")
    tried = subprocess.run([unshare, *NAMESPACES, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"namespaces are not allowed here: {tried.stderr.strip()}")
    (tmp_path / "home").mkdir()

    def make(token: str, runs: str = ITS_COMMAND) -> CommandLine:
        environ = {"HOME": str(tmp_path / "home"), "HIVESYNC_TOKEN": token}
        inside = (unshare, *NAMESPACES, "sh", "-c", EMPTY_MACHINE + runs, "sh")
        return CommandLine(tmp_path, backend.origin, environ, inside=inside)

    return make


@pytest.mark.parametrize("kind", ["API key", "access token"])
async def test_two_variables_are_all_that_direct_mode_takes(
    container: Container, backend: FakeBackend, kind: str
) -> None:
    line = container(API_KEY if kind == "API key" else backend.issue().access_token)
    status = (await line.run("status", "--json")).json()
    assert (status["mode"], status["user"]["username"]) == ("direct", USER.username)
    answer = await line.run("api", "GET", "auth/me", "--json")
    assert (answer.code, answer.json()["email"]) == (0, USER.email)


async def test_an_agent_inside_serves_editors_that_know_no_variable(container: Container) -> None:
    outcome = await container(API_KEY, AN_AGENT_AND_AN_EDITOR).run()
    assert outcome.err == ""
    assert outcome.out.splitlines()[1:] == [
        f"{USER.email} ({USER.username}), {USER.tier}",
        "The agent has stopped.",
    ]


async def test_a_key_that_is_refused_is_3_and_is_not_shown(container: Container) -> None:
    outcome = await container("hs_" + "x" * 40).run("whoami", "--json")
    assert outcome.code == 3
    assert "x" * 40 not in outcome.out + outcome.err
