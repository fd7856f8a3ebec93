"""What the sources tell: how secrets are compared, and that `docs/security.md` names tests that exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from hivesync_dev.paths import ROOT

SOURCES = ("server/src", "sdk/src/hivesync_contract", "desktop_agent/src/hivesync_agent/gate")
"""What judges secrets of others."""

SECRET = re.compile(r"(^|_)(secret|token|signature|proof|csrf|password|hmac|nonce)s?$")

COMPARED_OTHERWISE = {
    "two settings, when the server starts": "server/src/hivesync_server/settings/safety.py",
}
"""Files in which a name that sounds like a secret's is compared by `==`, by the reason."""


def test_secrets_are_compared_in_constant_time() -> None:
    found = {f"{path}:{line}" for path in _modules() for line in _comparisons(path)}
    assert found == set()


def _modules() -> Iterator[Path]:
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if str(path.relative_to(ROOT)) not in COMPARED_OTHERWISE.values():
                yield path


def _comparisons(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = [node.left, node.comparators[0]]
            known = any(isinstance(side, ast.Constant) for side in sides)
            if not known and any(SECRET.search(_name(side)) for side in sides):
                yield f"{node.lineno} {ast.unparse(node)}"


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.Call(func=ast.Attribute(value=of, attr="encode" | "decode" | "reveal" | "strip" | "lower")):
            return _name(of)
        case ast.Call():
            return _name(node.func)
    return ""


def test_every_threat_names_tests_that_exist() -> None:
    text = (ROOT / "docs/security.md").read_text("utf-8")
    named = set(re.findall(r"`((?:tests|worker/test)/[^`]+)`", text))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
    here = {str(path.relative_to(ROOT)) for path in Path(__file__).parent.glob("test_*.py")}
    assert here <= named
    rows = [
        line
        for line in text.splitlines()
        if line.startswith("|") and not line.startswith(("| threat", "|--"))
    ]
    assert all("`" in line.rpartition(" | ")[2] for line in rows), "a threat without a test"
    assert len(rows) > 50
