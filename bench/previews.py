"""How long a user waits for a preview: a project's first, and the next after one file was changed."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hivesync_contract.previews import PreviewState
from hivesync_dev.paths import EXAMPLES
from hivesync_dev.samples import make_vite_project
from hivesync_dev.stack.stack import Stack, StackSettings

_DEADLINE_SECONDS = 120.0
_CHANGED = {"react-native-app": "App.tsx", "vite-react-ts": "src/App.tsx"}


class BenchPreviewFailed(Exception):
    """A sample could not be previewed, so there is nothing to measure."""


def measure_previews(folder: Path, rebuilds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Preview copies of both samples on a fresh stack."""
    samples = folder / "samples"
    samples.mkdir(parents=True)
    shutil.copytree(EXAMPLES / "react-native-app", samples / "react-native-app")
    make_vite_project("react-ts", samples)
    with Stack(StackSettings(folder / "stack")) as stack:
        return {
            name: _measure_sample(stack, samples / name, changed, rebuilds, say)
            for name, changed in _CHANGED.items()
        }


def _measure_sample(
    stack: Stack, project: Path, changed: str, rebuilds: int, say: Callable[[str], None]
) -> dict[str, float]:
    say(f"  {project.name}")
    first = _preview_seconds(stack, project)
    again = []
    for number in range(rebuilds):
        with (project / changed).open("a", encoding="utf-8") as source:
            source.write(f"\n// change {number}\n")
        again.append(_preview_seconds(stack, project))
    return {"first_seconds": first, "rebuild_seconds": statistics.median(again)}


def _preview_seconds(stack: Stack, project: Path) -> float:
    began = time.perf_counter()
    with stack.api() as api:
        preview = api.wait_for_preview(api.start_preview(str(project)).id, _DEADLINE_SECONDS)
    if preview.state is not PreviewState.READY:
        raise BenchPreviewFailed(f"{project.name}: {preview.error}")
    return time.perf_counter() - began
