"""Sample projects as users have them: made by create-vite when needed, never committed, never edited."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hivesync_dev.node import node_env, npm_command

CREATE_VITE = "create-vite@9.3.0"
VITE_TEMPLATES = ("react-ts", "react", "preact-ts", "preact", "vanilla-ts", "vanilla")

PACKAGES = ("zustand@5.0.8", "clsx@2.1.1", "date-fns@4.1.0")
"""Two small ones, and one whose entry leads to hundreds of files."""

_USE = """
import { clsx } from 'clsx'
import { format } from 'date-fns'
import { create } from 'zustand'

export const useDay = create(() => ({ label: clsx('day', format(new Date(), 'yyyy-MM-dd')) }))
"""


class SampleFailed(Exception):
    """The sample could not be made; the message holds what npm said."""


def make_vite_project(template: str, parent: Path) -> Path:
    """Give a new folder under `parent` that holds what `npm create vite` makes with this template."""
    name = f"vite-{template}"
    options = ["--template", template, "--no-interactive"]
    said = _npm(parent, "exec", "--yes", "--", CREATE_VITE, name, *options)
    folder = parent / name
    if not (folder / "package.json").is_file():
        raise SampleFailed(f"create-vite made no {template} project:\n{said}")
    return folder


def add_packages(project: Path) -> None:
    """Install packages in a React project and use them; some 850 small files then belong to its preview."""
    _npm(project, "install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", *PACKAGES)
    with (project / "src" / "App.tsx").open("a", encoding="utf-8") as app:
        app.write(_USE)


def _npm(folder: Path, *arguments: str) -> str:
    """Run npm; give what it printed, or raise `SampleFailed` with it."""
    result = subprocess.run(
        npm_command(*arguments),
        cwd=folder,
        env=node_env(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    said = result.stdout + result.stderr
    if result.returncode != 0:
        raise SampleFailed(f"npm {arguments[0]} failed in {folder.name}:\n{said}")
    return said
