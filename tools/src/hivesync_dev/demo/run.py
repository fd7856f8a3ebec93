"""The demo from start to end: stack, preview, link, and what ONCE=1 then checks."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass

from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewState

from hivesync_dev.demo.env_file import ENV_FILE, write_env
from hivesync_dev.demo.front_part import LanFront
from hivesync_dev.demo.lan_address import lan_address
from hivesync_dev.demo.leftover_agent import agent_of_before, end_leftover_agent
from hivesync_dev.demo.options import DemoOptions, OptionInvalid
from hivesync_dev.demo.phone_visit import visit
from hivesync_dev.demo.report import failure_text, say, say_link, say_ready, say_what_next
from hivesync_dev.demo.stack_file import STACK_FILE, StackDescription
from hivesync_dev.demo.stopping import StopRequest
from hivesync_dev.demo.watch import has_keyboard, watch
from hivesync_dev.paths import DEMO
from hivesync_dev.stack.part import Part
from hivesync_dev.stack.ports import preferred_port
from hivesync_dev.stack.stack import Stack, StackSettings

LAN_PORT = 8788
PREVIEW_SECONDS = 150.0
"""Above the backend's own limit (two attempts of a minute), so that its reason is what is shown."""


class PreviewFailed(Exception):
    """The preview ended without something to show; the message says why and where."""


@dataclass(frozen=True, slots=True)
class _LanPlace:
    host: str
    port: int

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"


class Demo:
    """One run. `run` returns when it is asked to stop, or after the one look of ONCE=1."""

    def __init__(self, options: DemoOptions, stop: StopRequest) -> None:
        self._options = options
        self._stop = stop
        self._started = time.monotonic()

    def run(self) -> None:
        """Run it; raise `PreviewFailed`, `ProcessFailed` or `Stopped`."""
        end_leftover_agent(agent_of_before())
        shutil.rmtree(DEMO / "state", ignore_errors=True)
        shutil.rmtree(DEMO / "logs", ignore_errors=True)
        place = self._lan_place()
        say("Starting HiveSync")
        settings = StackSettings(DEMO, usual_ports=True, preview_public_url=place.origin if place else None)
        stack = Stack(settings, check_stop=self._stop.check, on_ready=say_ready)
        try:
            with stack:
                parts: list[Part] = [stack.server, stack.worker, stack.agent]
                if place:
                    log = DEMO / "logs" / "lan-front.log"
                    parts.append(LanFront(place.host, place.port, stack.worker.settings.url, log))
                    stack.runner.start(parts[-1])
                self._show(stack, parts)
        finally:
            STACK_FILE.unlink(missing_ok=True)
            ENV_FILE.unlink(missing_ok=True)
            # Our own agent has ended; one that still answers was started by a command of the user's.
            end_leftover_agent(stack.agent)

    def _show(self, stack: Stack, parts: list[Part]) -> None:
        began = time.monotonic()
        preview = self._preview(stack)
        if preview.state is PreviewState.FAILED:
            self._tell_failure(preview)
        else:
            say_ready("preview", time.monotonic() - began)
        description = self._describe(stack, preview)
        write_env(stack.agent.env())
        description.write()
        if self._options.once:
            seen = visit(preview.preview_url, check_stop=self._stop.check)
            print(json.dumps(json.loads(description.to_json()) | seen.as_json()), flush=True)
        else:
            self._keep_running(stack, preview, parts)

    def _keep_running(self, stack: Stack, preview: LocalPreview, parts: list[Part]) -> None:
        say_link(preview, self._options.project, self._options.lan)
        say_what_next(self._options.project, has_keyboard(), stack.server.settings.url, stack.user)
        with stack.api() as api:

            def renew() -> None:
                # The agent gives a fresh link to whoever asks after some minutes.
                say_link(api.preview(preview.id), self._options.project, self._options.lan)

            watch(parts, self._stop, renew if has_keyboard() else None)

    def _preview(self, stack: Stack) -> LocalPreview:
        with stack.api() as api:
            asked = api.start_preview(str(self._options.project))
            return api.wait_for_preview(asked.id, PREVIEW_SECONDS, self._stop.check)

    def _tell_failure(self, preview: LocalPreview) -> None:
        """Print the reason and go on, as the phone shows it; raise it when there is no page."""
        reason = failure_text(preview.error)
        if self._options.once or not preview.preview_url:
            raise PreviewFailed(reason)
        say(reason)

    def _describe(self, stack: Stack, preview: LocalPreview) -> StackDescription:
        return StackDescription(
            server_url=stack.server.settings.url,
            worker_url=stack.worker.settings.url,
            agent_url=stack.agent.discovery().url,
            discovery_file=str(stack.agent.settings.discovery_path),
            preview_url=preview.preview_url,
            project_id=preview.project_id,
            preview_id=preview.preview_id,
            email=stack.user.email,
            password=stack.user.password,
            ready_seconds=round(time.monotonic() - self._started, 3),
        )

    def _lan_place(self) -> _LanPlace | None:
        if not self._options.lan:
            return None
        host = lan_address()
        if host is None:
            raise OptionInvalid("LAN=1: this machine has no network address; connect it and try again.")
        return _LanPlace(host, preferred_port(LAN_PORT, host))
