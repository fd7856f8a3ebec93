"""Check that docs/dependencies.md names every direct dependency, so that each has a reason."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from hivesync_dev.paths import ROOT

_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NPM_GROUPS = ("dependencies", "devDependencies", "optionalDependencies")


def main() -> int:
    """Print what is missing; exit code 1 if anything is."""
    page = ROOT / "docs" / "dependencies.md"
    if not page.is_file():
        print("docs/dependencies.md does not exist")
        return 1
    missing = unnamed(direct_dependencies(ROOT), page.read_text("utf-8"))
    for name in missing:
        print(f"docs/dependencies.md does not name `{name}`: say in one line why it is needed")
    return 1 if missing else 0


def unnamed(dependencies: set[str], text: str) -> list[str]:
    """Give the dependencies that the page does not hold in backquotes, sorted."""
    named = set(re.findall(r"`([^`\s]+)`", text))
    return sorted(dependencies - named)


def direct_dependencies(root: Path) -> set[str]:
    """Give the names in every pyproject.toml and package.json of the workspace, without its own packages."""
    projects = [tomllib.loads(path.read_text("utf-8")) for path in _files(root, "pyproject.toml")]
    packages = [json.loads(path.read_text("utf-8")) for path in _files(root, "package.json")]
    python = {name for project in projects for name in _python_names(project)}
    npm = {name for package in packages for group in _NPM_GROUPS for name in package.get(group, {})}
    return (python | npm) - {project["project"]["name"] for project in projects}


def _files(root: Path, name: str) -> list[Path]:
    return sorted([*root.glob(name), *root.glob(f"*/{name}"), *root.glob(f"plugins_bridge/*/{name}")])


def _python_names(project: dict[str, object]) -> Iterator[str]:
    table = project["project"]
    if not isinstance(table, dict):
        return
    groups = [table.get("dependencies", []), *table.get("optional-dependencies", {}).values()]
    development = project.get("dependency-groups", {})
    if isinstance(development, dict):
        groups += development.values()
    for requirement in (text for group in groups for text in group if isinstance(text, str)):
        match = _REQUIREMENT.match(requirement)
        if match:
            yield match.group().lower()


if __name__ == "__main__":
    raise SystemExit(main())
