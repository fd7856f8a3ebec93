"""The sieve before the ignore rules: fast, and never too coarse."""

from __future__ import annotations

import pytest
from hivesync_agent.projects.ignore import Ignores
from hivesync_agent.projects.index.rules import Rules
from hivesync_agent.projects.index.sieve import Sieve
from hivesync_dev.project_files import write_files
from hypothesis import given
from hypothesis import strategies as st

_PIECES = st.sampled_from(
    [*"ab.-*?!#/ B]", "[ab]", "[!a]", "[^b]", "[a/b]", "\\*", "\\ ", "x/", "**/", "ts", "/**", "/*"]
)
_PATTERN = st.lists(_PIECES, min_size=1, max_size=6).map("".join)
_NAME = st.text("abB.-ts x*]", min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..") and name.strip()
)


@given(
    patterns=st.lists(_PATTERN, max_size=4),
    name=_NAME,
    way=st.lists(st.sampled_from(["a", "b", "x", "ab", "ts"]), max_size=3),
    above=st.booleans(),
    is_folder=st.booleans(),
)
def test_the_sieve_never_lets_an_ignored_name_through(
    patterns: list[str],
    name: str,
    way: list[str],
    above: bool,
    is_folder: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    top = tmp_path_factory.mktemp("sieve")
    root = top / way[0] if above and way else top
    write_files(top, {".gitignore": "\n".join(patterns)})
    root.mkdir(exist_ok=True)
    rules = Rules(root, top, frozenset())
    in_force = rules.outer if root != top else rules.within(rules.outer, "", [".gitignore"])
    folder = "/".join(way[1:] if root != top else way)
    path = f"{folder}/{name}" if folder else name
    if Ignores(root, top).excludes(path, is_folder=is_folder):
        names = [name, "other"]
        assert name in in_force.sieve.caught("/".join(way), names)


def test_the_sieve_is_fine_enough_to_be_of_use() -> None:
    sieve = Sieve.of(["*.log", "/dist/", "*.test.[jt]s", ".*", "ab*z", "# *", "!*", "*tfstate*", "gen/*"])
    names = ["a.ts", "x.test.js", "dist", ".x", "abz", "z"]
    assert sieve.caught("src", names) == {"x.test.js", "dist", ".x", "abz"}
    assert sieve.caught("src", ["a.ts", "my.tfstate.1"]) == ["a.ts", "my.tfstate.1"]
    assert (sieve.caught("src/gen", names), sieve.caught("src/gen2", ["a.ts"])) == (names, ())
