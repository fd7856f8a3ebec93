"""`hivesync preview --live`: tell every version until Ctrl-C, which ends it and leaves the last one shown."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from hivesync_contract.previews import FINAL_STATES, PreviewState

from hivesync_agent.cli.console import Console
from hivesync_agent.cli.failed_preview import error_lines

if TYPE_CHECKING:
    from hivesync import Client
    from hivesync_contract.local_api import LocalPreview

_POLL_SECONDS = 0.3


def follow_live(console: Console, client: Client, preview: LocalPreview) -> LocalPreview:
    """Tell versions as they end, from the one after `preview` on; give the preview as it then is."""
    console.note("watching for changes; Ctrl-C to stop")
    told = (preview.version, preview.state, preview.error)
    try:
        while preview.live:
            time.sleep(_POLL_SECONDS)
            preview = client.previews.get(preview.id)
            now = (preview.version, preview.state, preview.error)
            if preview.state in FINAL_STATES and now != told:
                told = now
                console.result(preview, _lines(preview))
    except KeyboardInterrupt:
        preview = client.previews.stop(preview.id)
        console.note(f"stopped; the phone keeps version {preview.version}")
    return preview


def _lines(preview: LocalPreview) -> Iterable[str]:
    if preview.state is PreviewState.READY:
        yield f"version {preview.version} is ready"
    elif preview.error is not None:
        yield f"version {preview.version} failed"
        yield from error_lines(preview.error)
