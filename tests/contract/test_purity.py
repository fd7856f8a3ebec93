"""The contract is the standard library's and does no I/O: every part imports it, at every start."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import hivesync_contract
import pytest

FOLDER = Path(hivesync_contract.__file__).parent
FORBIDDEN = {
    "asyncio",
    "http",
    "io",
    "logging",
    "os",
    "shutil",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
}
ALLOWED_PARTS = {"http.HTTPStatus"}
MODULES = sorted(FOLDER.glob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_imports_the_standard_library_and_the_contract_only(module: Path) -> None:
    allowed = sys.stdlib_module_names | {"hivesync_contract"}
    assert {name for name in imports_of(module) if name.partition(".")[0] not in allowed} == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_imports_nothing_that_does_io(module: Path) -> None:
    used = {name for name in imports_of(module) if name.partition(".")[0] in FORBIDDEN}
    assert used - ALLOWED_PARTS == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_opens_nothing(module: Path) -> None:
    calls = {
        node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.Call)
    }
    assert calls & {"open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "stat"} == set()


def test_importing_all_of_it_loads_no_other_distribution() -> None:
    names = ", ".join(f"hivesync_contract.{path.stem}" for path in MODULES if path.stem != "__init__")
    program = f"import sys; before = set(sys.modules); import {names}; print(*(set(sys.modules) - before))"
    # -I keeps the environment's own start-up code from counting; the path is given instead.
    program = f"import sys; sys.path.insert(0, {str(FOLDER.parent)!r}); " + program
    result = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in result.stdout.split()}
    assert loaded - sys.stdlib_module_names == {"hivesync_contract"}
