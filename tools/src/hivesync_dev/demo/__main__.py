"""`python -m hivesync_dev.demo`: ONCE=1, PROJECT=/path and LAN=1 in the environment."""

from __future__ import annotations

import os
from pathlib import Path

import httpx

from hivesync_dev.demo.lock import DemoLock, DemoRunning
from hivesync_dev.demo.options import DemoOptions, OptionInvalid
from hivesync_dev.demo.phone_visit import VisitFailed
from hivesync_dev.demo.report import say
from hivesync_dev.demo.run import Demo, PreviewFailed
from hivesync_dev.demo.stack_file import running_preview_url
from hivesync_dev.demo.stopping import Stopped, StopRequest, end_with_make
from hivesync_dev.demo.watch import PartEnded
from hivesync_dev.paths import DEMO
from hivesync_dev.stack.api import CallRefused
from hivesync_dev.stack.orphans import adopt_orphans, collect_orphans
from hivesync_dev.stack.processes import ProcessFailed

_EXPECTED = (
    *(PreviewFailed, VisitFailed, PartEnded),
    *(CallRefused, ProcessFailed, TimeoutError, httpx.HTTPError),
)


def main() -> int:
    """Run the demo; give its exit code: 0 shown or stopped, 1 failed, 2 a wrong option."""
    stop = StopRequest()
    stop.install()
    end_with_make()
    adopt_orphans()
    try:
        return _run(stop)
    finally:
        collect_orphans()


def _run(stop: StopRequest) -> int:
    try:
        options = DemoOptions.from_env(os.environ, Path.cwd())
        with DemoLock(DEMO / "lock"):
            Demo(options, stop).run()
    except OptionInvalid as error:
        say(f"{error.code}: {error.detail}")
        return 2
    except DemoRunning:
        where = running_preview_url()
        say(f"A demo of this clone is already running{f': {where}' if where else ''}. Stop it first.")
        return 1
    except Stopped:
        say("Stopped before it was ready.")
        return 1
    except _EXPECTED as error:
        say(str(error))
        return 1
    if not options.once:
        say("\nStopped; nothing is left running.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
