"""The agent as a process: environment, lock, log, signals, exit code. Never the second one of a profile."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable

from hivesync.credentials.lock import FileLock
from hivesync.credentials.store import choose_store
from hivesync.locations import Locations
from hivesync_contract.discovery import DEFAULT_PROFILE
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.app import Agent
from hivesync_agent.lifecycle import discovery as discovery_file
from hivesync_agent.lifecycle.files import raise_file_limit
from hivesync_agent.lifecycle.privacy import keep_private
from hivesync_agent.log import logging_to
from hivesync_agent.service.start_log import cut_start_log, start_log
from hivesync_agent.serving import serve
from hivesync_agent.settings import AgentSettings

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2


def run(*, profile: str | None = None, as_json: bool = False) -> int:
    """Be the agent of a profile until a signal or `/v1/shutdown`; give the exit code."""
    # Before anything can fail, since what fails is started again and again.
    cut_start_log(start_log(Locations.detect(), profile or DEFAULT_PROFILE))
    try:
        settings = AgentSettings.from_env(os.environ, profile=profile)
    except HiveSyncError as error:
        return _failed(error.detail, EXIT_USAGE)
    keep_private()
    raise_file_limit()
    try:
        lock = FileLock(settings.locations.agent_lock(settings.profile))
        if not lock.try_acquire():
            return _tell_of_the_first(settings, as_json=as_json)
        # Never released: it ends with the process. Whoever waits for it starts the next agent, and systemd
        # takes a process that is about to end for a service that runs already.
        with (
            logging_to(settings.locations.agent_log(settings.profile)),
            asyncio.Runner(loop_factory=_new_loop) as runner,
        ):
            runner.run(_serve_with_signals(settings))
    except HiveSyncError as error:
        return _failed(error.detail, EXIT_FAILED)
    except OSError as error:
        return _failed(f"{error.strerror}{f': {error.filename}' if error.filename else ''}", EXIT_FAILED)
    return EXIT_OK


async def _serve_with_signals(settings: AgentSettings) -> None:
    def on_ready(agent: Agent) -> None:
        _stop_on_signals(agent.switch.stop)

    await serve(settings, choose_store(settings.account, settings.locations, isolated=True), on_ready)


def _new_loop() -> asyncio.AbstractEventLoop:
    """Give uvloop, which relays half as many requests again as asyncio's own loop; Windows has none."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


def _stop_on_signals(stop: Callable[[], None]) -> None:
    """Let SIGINT and SIGTERM end the agent in order. Before it is published there is nothing to tidy up."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
        else:
            loop.add_signal_handler(number, stop)


def _tell_of_the_first(settings: AgentSettings, *, as_json: bool) -> int:
    first = discovery_file.read(settings.locations.discovery_file(settings.profile))
    if as_json:
        url, pid = (first.url, first.pid) if first else (None, None)
        print(json.dumps({"already_running": True, "url": url, "pid": pid}))  # noqa: T201
        return EXIT_OK
    where = f"{first.url} (pid {first.pid})" if first else "it is starting or stopping"
    print(f"An agent for profile {settings.profile!r} is already running: {where}")  # noqa: T201
    return EXIT_OK


def _failed(detail: str, code: int) -> int:
    print(f"hivesync agent: {detail}", file=sys.stderr)  # noqa: T201 - a command's own words
    return code
