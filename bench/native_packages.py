"""`python -m bench.native_packages`: a React Native app with its packages really installed, used on a phone.

Installs all that the sample declares, Expo and React Native too (some 400 MB, a minute or two), previews it,
and walks through it in Chromium of a phone's size. Prints what was sent and how long it took; not 0 if it
can't be used. No test of the suite, since it takes longer than one may.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from hivesync_contract.previews import PreviewState
from hivesync_dev.browser import Phone, chromium, phone
from hivesync_dev.paths import EXAMPLES
from hivesync_dev.samples import install_declared
from hivesync_dev.stack.stack import Stack, StackSettings
from playwright.sync_api import expect

_SAMPLE = "react-native-packages"
_DEADLINE_SECONDS = 120.0


def main() -> int:
    """Install, preview, use."""
    with tempfile.TemporaryDirectory(prefix="hivesync-packages-") as name:
        return _run(Path(name))


def _run(folder: Path) -> int:
    project = Path(shutil.copytree(EXAMPLES / _SAMPLE, folder / _SAMPLE))
    began = time.perf_counter()
    install_declared(project)
    print(f"npm install: {time.perf_counter() - began:.0f} s", flush=True)
    with Stack(StackSettings(folder / "stack")) as stack, stack.api() as api:
        began = time.perf_counter()
        preview = api.wait_for_preview(api.start_preview(str(project)).id, _DEADLINE_SECONDS)
        if preview.state is not PreviewState.READY:
            print(f"{preview.state}: {preview.error}", file=sys.stderr)
            return 1
        sent = f"{preview.total_files} files, {preview.total_bytes / 1e6:.2f} MB"
        print(f"preview: {time.perf_counter() - began:.1f} s, {sent}", flush=True)
        with chromium() as browser, phone(browser) as visitor:
            visitor.open(preview.preview_url)
            _use(visitor)
            print(f"used on a phone; errors in its console: {visitor.errors}")
            return 1 if visitor.errors else 0


def _use(visitor: Phone) -> None:
    """Walk through the app: its list, a screen above it, the form, and the list again."""
    app = visitor.app
    expect(app.get_by_role("button", name="Harz")).to_be_visible(timeout=60_000)
    expect(app.get_by_text("The season begins on 1 May 2026")).to_be_visible()
    app.get_by_role("button", name="Harz").tap()
    expect(app.get_by_text("A trip to Harz")).to_be_visible()
    app.get_by_role("link", name="All trips, back").tap()
    app.get_by_role("tab", name=re.compile("Add")).tap()
    app.get_by_role("button", name="Add it").tap()
    expect(app.get_by_text("A trip needs a name")).to_be_visible()
    app.get_by_role("textbox", name="Name of the trip").fill("Alps")
    app.get_by_role("button", name="Add it").tap()
    expect(app.get_by_role("button", name="Alps")).to_be_visible()
    visitor.keep_screenshot("react-native-packages")


if __name__ == "__main__":
    sys.exit(main())
