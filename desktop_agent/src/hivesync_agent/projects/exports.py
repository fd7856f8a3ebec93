"""Which files of a package an import may mean, by its package.json. Reads no file itself.

After Node.js "Package entry points" and bundlers' rules for browsers. Where tools differ (`development`,
`module`) both answers count: the build picks one.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from hivesync_agent.projects.specifiers import How

_PERHAPS = frozenset({"development", "module"})


def targets(package: dict[str, Any], subpath: str, how: How) -> list[str]:
    """Give candidate paths inside the package, such as `dist/index.js`; `subpath` is "" for the package."""
    if "exports" in package:
        named = f"./{subpath}" if subpath else "."
        found = list(_conditional(_entry_of(package["exports"], named), how))
    elif subpath:
        found = [subpath]
    else:
        found = list(_main_fields(package, how))
    return list(dict.fromkeys(posixpath.normpath(path) for path in found))


def internal_targets(package: dict[str, Any], name: str, how: How) -> list[str]:
    """Give candidate paths of a `#name` import inside the package ("Subpath imports" of Node.js)."""
    imports = package.get("imports")
    if not isinstance(imports, dict):
        return []
    dotted = {f"./{key}": target for key, target in imports.items()}
    return [path for path in _conditional(_entry_of(dotted, f"./{name}"), how) if path.startswith(".")]


def _main_fields(package: dict[str, Any], how: How) -> Iterator[str]:
    fields = [package.get(name) for name in ("browser", "module", "main")]
    given = [field for field in fields if isinstance(field, str) and field]
    if given:
        yield given[0]
        if how is How.REQUIRE:
            yield given[-1]  # esbuild takes `main` for a require, since `module` may lack its default
    else:
        yield "index"


def _entry_of(exports: Any, named: str) -> tuple[Any, str]:
    """Give the target that stands for a subpath, and what its `*` stands for."""
    if not isinstance(exports, dict) or not any(key.startswith(".") for key in exports):
        return (exports if named == "." else None), ""
    if named in exports:
        return exports[named], ""
    best: tuple[int, Any, str] = (-1, None, "")
    for pattern, target in exports.items():
        before, star, after = pattern.partition("*")
        matches = star and named.startswith(before) and named.endswith(after)
        if matches and len(named) >= len(before) + len(after) and len(before) > best[0]:
            best = (len(before), target, named[len(before) : len(named) - len(after)])
    return best[1], best[2]


def _conditional(entry: tuple[Any, str], how: How) -> Iterator[str]:
    target, star = entry
    if isinstance(target, str):
        yield target.replace("*", star)
    elif isinstance(target, list):
        for each in target:
            yield from _conditional((each, star), how)
    elif isinstance(target, dict):
        certain = {"browser", "default", "require" if how is How.REQUIRE else "import"}
        for condition, inner in target.items():
            if condition in certain or condition in _PERHAPS:
                found = list(_conditional((inner, star), how))
                yield from found
                if found and condition in certain:
                    return


def browser_alternatives(package: dict[str, Any], path: str) -> Iterator[str]:
    """Give what the package puts in a file's place for browsers ("browser" field specification)."""
    browser = package.get("browser")
    if not isinstance(browser, dict):
        return
    for name, replacement in browser.items():
        if isinstance(replacement, str) and _plain(name) == _plain(path):
            yield replacement


def _plain(path: str) -> str:
    return path.removeprefix("./").removesuffix(".js")
