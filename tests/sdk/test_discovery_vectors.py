"""The SDK makes of each discovery file of the vectors what every client has to."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hivesync import AgentAbsent, ProtocolUnsupported
from hivesync.discovery import read_discovery
from hivesync_dev.paths import EXAMPLES, ROOT

VECTORS = json.loads((ROOT / "plugins_bridge/spec/vectors/discovery.json").read_text("utf-8"))
CASES = VECTORS["cases"]


def written(case: dict[str, Any], folder: Path) -> Path:
    path = folder / "desktop-agent.json"
    target = folder / "elsewhere.json" if case.get("link") else path
    target.write_bytes(case["content"].encode().ljust(case.get("padded_to_bytes", 0)))
    target.chmod(int(case["mode"], 8))
    if case.get("link"):
        path.symlink_to(target)
    return path


def expected(case: dict[str, Any]) -> Any:
    return (case["port"], case["token"]) if case["verdict"] == "agent" else case["verdict"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_sdk_judges_as_the_vectors_say(case: dict[str, Any], tmp_path: Path) -> None:
    try:
        found = read_discovery(written(case, tmp_path))
        judged: Any = (found.port, found.token)
    except (AgentAbsent, ProtocolUnsupported) as exc:
        judged = exc.reason
    assert judged == expected(case)


@pytest.fixture(scope="module")
def example() -> ModuleType:
    path = EXAMPLES / "plugin-client" / "hivesync_client.py"
    spec = importlib.util.spec_from_file_location("hivesync_client", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_example_client_judges_so_too(
    case: dict[str, Any], tmp_path: Path, example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(case, tmp_path)
    monkeypatch.setenv("HIVESYNC_RUNTIME_DIR", str(tmp_path))
    try:
        found = example.discover()
        judged: Any = (found["port"], found["token"])
    except example.Absent as absent:
        judged = absent.code
    assert judged == expected(case)


def test_there_are_files_of_each_kind() -> None:
    assert {case["verdict"] for case in CASES} == {
        "agent",
        "AGENT_DISTRUSTED",
        "AGENT_TOO_NEW",
        "AGENT_TOO_OLD",
    }
