"""The discovery file is believed only if nobody else could have written it; else the agent is absent."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hivesync import AgentAbsent, AsyncClient, ProtocolUnsupported
from hivesync.discovery import read_discovery
from hivesync.private_files import write_private
from hivesync_contract.discovery import ProtocolRange
from hivesync_contract.errors import ErrorCode
from hivesync_dev.servers.fake_agent import FakeAgent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "desktop-agent.json"


async def test_what_an_agent_has_written_is_read(agent: FakeAgent) -> None:
    found = read_discovery(agent.discovery_path)
    assert (found.port, found.token) == (agent.port, agent.token)


def test_no_file_means_no_agent(path: Path) -> None:
    with pytest.raises(AgentAbsent, match="does not run"):
        read_discovery(path)


@posix
@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o602, 0o777])
async def test_a_file_that_others_may_touch_is_not_believed(agent: FakeAgent, mode: int) -> None:
    agent.discovery_path.chmod(mode)
    with pytest.raises(AgentAbsent, match="Other users"):
        read_discovery(agent.discovery_path)


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
async def test_a_file_of_another_user_is_not_believed(agent: FakeAgent) -> None:
    os.chown(agent.discovery_path, 12345, 12345)
    with pytest.raises(AgentAbsent, match="another user"):
        read_discovery(agent.discovery_path)


@posix
async def test_a_link_is_not_followed(agent: FakeAgent, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(agent.discovery_path)
    with pytest.raises(AgentAbsent, match="can't be opened"):
        read_discovery(link)


@posix
def test_a_pipe_does_not_make_a_client_wait(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe, 0o600)
    with pytest.raises(AgentAbsent, match="not a regular file"):
        read_discovery(pipe)


def test_a_folder_in_its_place_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(AgentAbsent):
        read_discovery(tmp_path)


def test_a_huge_file_is_not_read(path: Path) -> None:
    write_private(path, b" " * 70_000)
    with pytest.raises(AgentAbsent, match="too long"):
        read_discovery(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(content=st.binary(max_size=400))
def test_any_other_content_means_no_agent(path: Path, content: bytes) -> None:
    write_private(path, content)
    with pytest.raises(AgentAbsent):
        read_discovery(path)


@pytest.mark.parametrize(
    "content", [b"[" * 60_000, b"9" * 10_000, b'{"a":' * 10_000, b"\xef\xbb\xbf{}", b"NaN"]
)
def test_content_made_to_break_a_parser_means_no_agent(path: Path, content: bytes) -> None:
    write_private(path, content)
    with pytest.raises(AgentAbsent):
        read_discovery(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(data=st.data())
async def test_a_torn_or_flipped_file_gives_the_right_agent_or_none(
    agent: FakeAgent, data: st.DataObject
) -> None:
    agent.publish()
    whole = bytearray(agent.discovery_path.read_bytes())
    position = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        whole = whole[:position]
    else:
        whole[position] = data.draw(st.integers(0, 255))
    write_private(agent.discovery_path, bytes(whole))
    try:
        found = read_discovery(agent.discovery_path)
    except (AgentAbsent, ProtocolUnsupported):
        return
    assert found.url == f"http://127.0.0.1:{found.port}/hivesync-desktop-api"


@pytest.mark.parametrize("spoken", [ProtocolRange(2, 3), ProtocolRange(0, 0)])
async def test_no_common_protocol_is_said_and_nothing_is_sent(
    agent: FakeAgent, client: AsyncClient, spoken: ProtocolRange
) -> None:
    agent.protocol = spoken
    agent.publish()
    with pytest.raises(ProtocolUnsupported, match="update the older one") as caught:
        await client.agent.status()
    assert caught.value.code is ErrorCode.PROTOCOL_UNSUPPORTED
    assert agent.requests == []
