"""The OpenAPI documents: the backend's as its own command exports it, the agent's as one serves it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hivesync_agent.settings import AgentSettings

from hivesync_dev.generate.generated import Generated, json_text
from hivesync_dev.paths import ROOT, VENV_BIN
from hivesync_dev.servers.agents import locations_in, running_agent
from hivesync_dev.stack.environment import clean_env

_FOLDER = ROOT / "plugins_bridge" / "spec" / "openapi"
_NO_BACKEND = "http://127.0.0.1:9"


def openapi_files() -> list[Generated]:
    """Give both documents."""
    with tempfile.TemporaryDirectory(prefix="hivesync-openapi-") as folder:
        served = asyncio.run(_served(Path(folder)))
    return [_openapi_file("backend", _exported()), _openapi_file("agent", served)]


def _openapi_file(name: str, document: dict[str, Any]) -> Generated:
    # Only names that begin with `x-` may be added to an OpenAPI document.
    return Generated(_FOLDER / f"{name}.json", json_text(document, member="x-generated"))


def _exported() -> dict[str, Any]:
    """Give the backend's. It is exported from local settings, so it names nobody's server."""
    with tempfile.TemporaryDirectory(prefix="hivesync-openapi-") as folder:
        env = clean_env() | {"HIVESYNC_ENV": "local", "HIVESYNC_DATA_DIR": folder}
        command = [str(VENV_BIN / "hivesync-server"), "export-openapi"]
        result = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, check=True)
    document: dict[str, Any] = json.loads(result.stdout)
    return document


async def _served(folder: Path) -> dict[str, Any]:
    """Give the agent's. An agent is started for it, so that no route can be served and not be in it."""
    settings = AgentSettings(_NO_BACKEND, "default", locations_in(folder))
    async with running_agent(settings) as agent, agent.http.get(f"{agent.url}/v1/openapi.json") as answer:
        answer.raise_for_status()
        document: dict[str, Any] = await answer.json()
        return document
