"""Node is PyPI's, also for the programs that npm starts."""

import json
import subprocess

from hivesync_dev.node import NODE, node_env, npm_command


def version(*command: str) -> str:
    return subprocess.run(command, env=node_env(), capture_output=True, text=True, check=True).stdout.strip()


NODE_VERSION = version(str(NODE), "--version").removeprefix("v")


def test_node_is_recent_enough_for_wrangler() -> None:
    assert int(NODE_VERSION.partition(".")[0]) >= 22


def test_a_program_that_asks_for_node_gets_ours() -> None:
    assert version("/usr/bin/env", "node", "--version") == f"v{NODE_VERSION}"


def test_npm_runs_on_our_node() -> None:
    assert json.loads(version(*npm_command("version", "--json")))["node"] == NODE_VERSION


def test_a_program_that_asks_for_npm_gets_one_that_works() -> None:
    # The wheel's own bin/npm does not: `npm run` inside an npm script would fail.
    assert version("/usr/bin/env", "npm", "--version") == version(*npm_command("--version"))
    assert version("/usr/bin/env", "npx", "--version") == version(*npm_command("--version"))
