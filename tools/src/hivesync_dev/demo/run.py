"""The demo from start to end: stack, preview, link, and what ONCE=1 then checks."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass

from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewState

from hivesync_dev.demo.front_part import LanFront
from hivesync_dev.demo.lan_address import lan_address
from hivesync_dev.demo.options import DemoOptions, OptionInvalid
from hivesync_dev.demo.phone_visit import visit
from hivesync_dev.demo.report import failure_text, say, say_link, say_ready, say_what_next
from hivesync_dev.demo.stack_file import STACK_FILE, StackDescription
from hivesync_dev.demo.stopping import StopRequest
from hivesync_dev.paths import DEMO
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
        shutil.rmtree(DEMO / "state", ignore_errors=True)
        shutil.rmtree(DEMO / "logs", ignore_errors=True)
        place = self._lan_place()
        say("Starting HiveSync")
        settings = StackSettings(DEMO, usual_ports=True, preview_public_url=place.origin if place else None)
        try:
            with Stack(settings, check_stop=self._stop.check, on_ready=say_ready) as stack:
                if place:
                    log = DEMO / "logs" / "lan-front.log"
                    stack.runner.start(LanFront(place.host, place.port, stack.worker.settings.url, log))
                self._show(stack)
        finally:
            STACK_FILE.unlink(missing_ok=True)

    def _show(self, stack: Stack) -> None:
        began = time.monotonic()
        preview = self._preview(stack)
        description = self._describe(stack, preview)
        description.write()
        say_ready("preview", time.monotonic() - began)
        say_link(preview, self._options.project)
        if self._options.once:
            seen = visit(preview.preview_url, check_stop=self._stop.check)
            print(json.dumps(json.loads(description.to_json()) | seen.as_json()), flush=True)
        else:
            say_what_next(self._options.lan)
            self._stop.wait()

    def _preview(self, stack: Stack) -> LocalPreview:
        with stack.api() as api:
            asked = api.start_preview(str(self._options.project))
            preview = api.wait_for_preview(asked.id, PREVIEW_SECONDS, self._stop.check)
        if preview.state is PreviewState.FAILED:
            raise PreviewFailed(failure_text(preview.error))
        return preview

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
