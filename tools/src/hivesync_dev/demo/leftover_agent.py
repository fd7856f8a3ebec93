"""End an agent that a user's command started in the demo's folder. Touches none without its proof."""

from __future__ import annotations

import time

import httpx
import psutil
from hivesync import AgentAbsent, Client, ProtocolUnsupported, Settings
from hivesync.locations import Locations
from hivesync.settings import LOCAL_SERVER_URL

from hivesync_dev.paths import DEMO
from hivesync_dev.stack.agent import CLIENT_NAME, Agent, AgentSettings
from hivesync_dev.stack.processes import ProcessFailed

END_SECONDS = 15.0
_POLL_SECONDS = 0.05


def agent_of_before() -> Agent:
    """Give the agent of the demo that ran here last."""
    return Agent(AgentSettings(DEMO / "state" / "agent", DEMO / "logs" / "agent.log", LOCAL_SERVER_URL))


def end_leftover_agent(agent: Agent) -> bool:
    """Ask whichever agent runs in that one's folder to end, and wait; False if none runs."""
    locations = Locations.detect(agent.env())
    try:
        with Client(
            settings=Settings(agent.settings.server_url), locations=locations, name=CLIENT_NAME
        ) as client:
            process = psutil.Process(client.agent.status().pid)
            client.agent.shutdown()
    except (AgentAbsent, ProtocolUnsupported, httpx.HTTPError, psutil.NoSuchProcess):
        return False
    _wait_for_end(process)
    return True


def _wait_for_end(process: psutil.Process) -> None:
    ends = time.monotonic() + END_SECONDS
    while _runs(process):
        if time.monotonic() > ends:
            raise ProcessFailed(f"The agent {process.pid} was asked to end and still runs.")
        time.sleep(_POLL_SECONDS)


def _runs(process: psutil.Process) -> bool:
    # It is not our child: where init collects nothing it stays listed, as a zombie, for ever.
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
