"""The single checks, each a command. Knows what to run, not how to report it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from hivesync_dev.node import node_env, npm_command
from hivesync_dev.paths import ROOT, VENV_BIN, VSCODE, WORKER

_TYPED = [
    "sdk/src",
    "desktop_agent/src",
    "server/src",
    "tools/src",
    "plugins_bridge/sublime",
    "tests",
    "bench",
]
_COMPOSE_FILES = ("docker-compose.yml", "docker-compose.prod.yml")


@dataclass(frozen=True, slots=True)
class Step:
    """A named command; it passes with exit code 0."""

    name: str
    command: list[str]
    folder: Path = ROOT
    env: Mapping[str, str] | None = None


def all_steps() -> list[Step]:
    """Give every check. Steps run side by side, so the long ones begin first."""
    return [
        Step("types", [*_module("mypy"), *(path for path in _TYPED if (ROOT / path).is_dir())]),
        Step("Worker", npm_command("run", "--silent", "check"), WORKER, node_env()),
        Step("VS Code extension", npm_command("run", "--silent", "check"), VSCODE, node_env()),
        # The JetBrains plugin has no node of its own; its neighbour's formats Java, too.
        Step("Java format", npm_command("run", "--silent", "check:java"), VSCODE, node_env()),
        Step("format", [*_module("ruff"), "format", "--check", "--quiet", "."]),
        Step("lint", [*_module("ruff"), "check", "--quiet", "."]),
        Step("generated files", [*_module("hivesync_dev.generate"), "--check"]),
        *_optional_sync_client(),
        Step("no conflict marks", _module("hivesync_dev.check_conflict_marks")),
        Step("dependencies named", _module("hivesync_dev.check_dependencies")),
        Step("imports point one way", [_tool("lint-imports"), "--no-cache"]),
        *(_compose(name) for name in _COMPOSE_FILES),
        *_dockerfiles(),
    ]


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def _tool(name: str) -> str:
    return str(VENV_BIN / name)


def _optional_sync_client() -> Iterator[Step]:
    if find_spec("hivesync_dev.generate_sync"):
        yield Step("sync client", [*_module("hivesync_dev.generate_sync"), "--check"])


def _compose(name: str) -> Step:
    # `config` parses, interpolates and validates against the compose schema; it needs no engine.
    command = [_tool("docker-compose"), "--file", name, "config", "--quiet", "--no-env-resolution"]
    return Step(name, command, env=os.environ | {"COMPOSE_PROFILES": "*"})


def _dockerfiles() -> Iterator[Step]:
    for path in sorted(ROOT.glob("*/Dockerfile")):
        name = str(path.relative_to(ROOT))
        yield Step(name, [_tool("hadolint"), "--failure-threshold", "warning", name])
