"""How long a user waits for a preview: a project's first, and the next after one file was changed; and for
`vite build` of the same app.

All take turns, each preview as a project that nobody has seen before, so that whatever else the machine does
falls on all of them.
"""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hivesync_contract.previews import PreviewState
from hivesync_dev.paths import EXAMPLES
from hivesync_dev.samples import add_packages, make_vite_project
from hivesync_dev.stack.stack import Stack, StackSettings

from bench.vite_builds import build_seconds, make_native_project, make_web_projects, version_of

_DEADLINE_SECONDS = 120.0
_POLL_SECONDS = 0.005
_NATIVE, _WEB, _MANY_FILES = "react-native-app", "vite-react-ts", "vite-with-packages"
_CHANGED = {_NATIVE: "App.tsx", _WEB: "src/App.tsx", _MANY_FILES: "src/App.tsx"}


class BenchPreviewFailed(Exception):
    """A sample could not be previewed, so there is nothing to measure."""


def measure_previews(folder: Path, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Preview copies of all samples on a fresh stack, and build each with Vite, `rounds` times."""
    samples = folder / "samples"
    samples.mkdir(parents=True)
    _make_samples(samples)
    say("  installing what vite builds")
    vite = _make_peers(folder / "vite", samples)
    taken: dict[str, dict[str, list[float]]] = {
        name: {"first": [], "rebuild": [], "vite": []} for name in _CHANGED
    }
    with Stack(StackSettings(folder / "stack")) as stack:
        with _copied(samples / _NATIVE) as project:
            cold = _preview_seconds(stack, project)
        for number in range(rounds):
            say(f"  round {number + 1} of {rounds}")
            for name, changed in _CHANGED.items():
                taken[name]["vite"].append(build_seconds(vite[name]))
                with _copied(samples / name) as project:
                    taken[name]["first"].append(_preview_seconds(stack, project))
                    _change(project / changed)
                    taken[name]["rebuild"].append(_preview_seconds(stack, project))
    return {
        "vite": version_of(vite[_WEB]),
        "cold_seconds": cold,
        "samples": {name: _medians(seconds) for name, seconds in taken.items()},
    }


def _make_samples(folder: Path) -> None:
    shutil.copytree(EXAMPLES / _NATIVE, folder / _NATIVE)
    web = make_vite_project("react-ts", folder)
    shutil.copytree(web, folder / _MANY_FILES)
    add_packages(folder / _MANY_FILES)


def _make_peers(folder: Path, samples: Path) -> dict[str, Path]:
    folder.mkdir()
    plain, packaged = make_web_projects(folder)
    native = make_native_project(samples / _NATIVE, plain)
    return {_NATIVE: native, _WEB: plain, _MANY_FILES: packaged}


@contextmanager
def _copied(sample: Path) -> Iterator[Path]:
    """Give a copy: to agent and backend it is another project."""
    copy = sample.parent / "copies" / f"{sample.name}-{time.monotonic_ns()}"
    shutil.copytree(sample, copy)
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


def _change(file: Path) -> None:
    with file.open("a", encoding="utf-8") as source:
        source.write("\n// changed\n")


def _preview_seconds(stack: Stack, project: Path) -> float:
    began = time.perf_counter()
    with stack.api() as api:
        started = api.start_preview(str(project))
        preview = api.wait_for_preview(started.id, _DEADLINE_SECONDS, poll_seconds=_POLL_SECONDS)
    if preview.state is not PreviewState.READY:
        raise BenchPreviewFailed(f"{project.name}: {preview.error}")
    return time.perf_counter() - began


def _medians(seconds: Mapping[str, list[float]]) -> dict[str, float]:
    medians = {f"{what}_seconds": statistics.median(each) for what, each in seconds.items()}
    return medians | {"ratio": medians["first_seconds"] / medians["vite_seconds"]}
