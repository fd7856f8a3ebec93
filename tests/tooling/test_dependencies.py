"""Every direct dependency needs a reason on docs/dependencies.md."""

from __future__ import annotations

from pathlib import Path

from hivesync_dev.check_dependencies import direct_dependencies, unnamed

PYPROJECT = """
[project]
name = "ours"
dependencies = ["aiohttp>=3", "ours-too", "Keyring[x]; python_version > '3'"]
[project.optional-dependencies]
tray = ["pystray"]
[dependency-groups]
dev = ["pytest", {include-group = "lint"}]
lint = ["ruff"]
"""


def test_all_groups_of_all_manifests_count_and_our_own_packages_do_not(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    for folder, text in (("part", '[project]\nname = "ours-too"'),):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "pyproject.toml").write_text(text)
    (tmp_path / "worker").mkdir()
    (tmp_path / "worker" / "package.json").write_text(
        '{"dependencies": {"jose": "1"}, "devDependencies": {"@a/b": "1"}}'
    )
    expected = {"aiohttp", "keyring", "pystray", "pytest", "ruff", "jose", "@a/b"}
    assert direct_dependencies(tmp_path) == expected


def test_a_name_in_prose_is_not_enough() -> None:
    assert unnamed({"aiohttp", "ruff"}, "aiohttp is here, `ruff` formats") == ["aiohttp"]
