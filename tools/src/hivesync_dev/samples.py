"""Sample projects as users have them: made by create-vite when needed, never committed, never edited."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hivesync_dev.node import node_env, npm_command

CREATE_VITE = "create-vite@9.3.0"
VITE_TEMPLATES = ("react-ts", "react", "preact-ts", "preact", "vanilla-ts", "vanilla")


class SampleFailed(Exception):
    """The sample could not be made; the message holds what create-vite said."""


def make_vite_project(template: str, parent: Path) -> Path:
    """Give a new folder under `parent` that holds what `npm create vite` makes with this template."""
    name = f"vite-{template}"
    options = ["--template", template, "--no-interactive"]
    command = npm_command("exec", "--yes", "--", CREATE_VITE, name, *options)
    result = subprocess.run(
        command,
        cwd=parent,
        env=node_env(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    folder = parent / name
    if result.returncode != 0 or not (folder / "package.json").is_file():
        raise SampleFailed(f"create-vite made no {template} project:\n{result.stdout}{result.stderr}")
    return folder
