"""The guide for plugin authors shows the example client as it is, and its words lead somewhere."""

from __future__ import annotations

import re

import pytest
from hivesync_dev.conformance.scenarios import SCENARIOS
from hivesync_dev.paths import EXAMPLES, ROOT

GUIDE = ROOT / "docs" / "write-a-plugin.md"
TEXT = GUIDE.read_text("utf-8")
EXAMPLE = (EXAMPLES / "plugin-client" / "hivesync_client.py").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
PROMISES = {scenario.promise for scenario in SCENARIOS}


def test_every_block_of_the_guide_is_part_of_the_example() -> None:
    assert len(BLOCKS) == 5
    assert [block.splitlines()[0] for block in BLOCKS if f"\n\n{block}" not in EXAMPLE] == []


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)", TEXT))))
def test_every_link_of_the_guide_leads_somewhere(target: str) -> None:
    assert (GUIDE.parent / target).exists()


def test_the_report_that_the_guide_shows_is_one_of_the_runner() -> None:
    (promise,) = re.findall(r"FAIL  refusals/rate-limited +(.+?)  \(", TEXT)
    assert promise in PROMISES


def test_every_command_of_the_guide_is_a_route_of_agent_or_backend() -> None:
    import json

    spec = ROOT / "plugins_bridge" / "spec" / "openapi"
    known = {
        re.sub(r"\{[^}]+\}", "{}", path)
        for name in ("agent", "backend")
        for path in json.loads((spec / f"{name}.json").read_text("utf-8"))["paths"]
    }
    named = set(re.findall(r"`(?:GET|POST|PATCH|DELETE) (/[^ `]+)", TEXT))
    assert len(named) > 8
    assert [path for path in named if re.sub(r"\{[^}]+\}", "{}", path) not in known] == []
