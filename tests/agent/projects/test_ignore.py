"""Ignore lists: git's own answers are the measure."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from hivesync_agent.projects.ignore import Ignores
from hivesync_dev.project_files import write_files
from hivesync_dev.testing import require_tool
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = ("a", "b", "logs", "x.txt", "keep.txt", "src")
PATHS = tuple(f"{folder}{name}" for folder in ("", "a/", "a/b/", "src/", "src/logs/") for name in NAMES)
LINES = st.sampled_from(
    [
        *("a", "/a", "a/", "/a/", "b", "*.txt", "!keep.txt", "!a/keep.txt", "logs/", "src/*", "!src/x.txt"),
        *(
            "**/logs",
            "a/**",
            "a/**/x.txt",
            "**",
            "!**/keep.txt",
            "# note",
            "",
            "x.tx?",
            "[ab]",
            "!/src/",
            "\\#a",
        ),
        *("src/logs", "/src/**/b", "*", "!*/", "a/b", "  ", "keep.txt ", "***"),
    ]
)


def ignored_by_git(root: Path, paths: tuple[str, ...]) -> set[str]:
    git = require_tool("git", "install git")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env = clean | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run([git, "init", "-q", str(root)], check=True, env=env)
    command = [
        git,
        "-C",
        str(root),
        "-c",
        "core.excludesFile=",
        "check-ignore",
        "--no-index",
        "-z",
        "--stdin",
    ]
    result = subprocess.run(
        command, input="\0".join(paths).encode(), capture_output=True, check=False, env=env
    )
    assert result.returncode in (0, 1), result.stderr
    return set(filter(None, result.stdout.decode().split("\0")))


@settings(max_examples=60, deadline=None)
@given(top=st.lists(LINES, max_size=6), nested=st.lists(LINES, max_size=4))
def test_gitignore_means_what_git_says(top: list[str], nested: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        write_files(root, {".gitignore": "\n".join(top), "src/.gitignore": "\n".join(nested)})
        # Real folders: git judges a path as a folder only where there is one.
        write_files(root, {"src/logs/file": "", "a/b/file": ""})
        ignores = Ignores(root, root)
        assert {path for path in PATHS if _excluded(ignores, root, path)} == ignored_by_git(root, PATHS)


def _excluded(ignores: Ignores, root: Path, path: str) -> bool:
    folders = [parent.as_posix() for parent in reversed(Path(path).parents) if parent.as_posix() != "."]
    if any(ignores.excludes(folder, is_folder=True) for folder in folders):
        return True
    return ignores.excludes(path, is_folder=(root / path).is_dir())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path.resolve()


def test_the_repositorys_exclude_file_counts(project: Path) -> None:
    write_files(project, {".git/info/exclude": "private/\n"})
    assert Ignores(project, project).excludes("private", is_folder=True)


def test_lists_above_the_project_count_up_to_the_repository(project: Path) -> None:
    write_files(project, {".git/HEAD": "", ".gitignore": "/apps/web/generated.ts\n*.tmp.ts\n"})
    ignores = Ignores(write_files(project / "apps" / "web", {"a.ts": ""}), project)
    assert ignores.excludes("generated.ts", is_folder=False)
    assert ignores.excludes("src/b.tmp.ts", is_folder=False)
    assert not ignores.excludes("other.ts", is_folder=False)


@pytest.mark.parametrize(
    "path", ["dist", "build", "coverage", ".next", ".expo", ".vscode", "ios", "android", "src/__tests__"]
)
def test_folders_that_tools_make_are_left_out(project: Path, path: str) -> None:
    assert Ignores(project, project).excludes(path, is_folder=True)


@pytest.mark.parametrize("path", ["src/build", "src/ios", "src/dist", "components/android"])
def test_a_source_folder_of_the_same_name_is_not(project: Path, path: str) -> None:
    assert not Ignores(project, project).excludes(path, is_folder=True)


@pytest.mark.parametrize("path", ["package-lock.json", "src/App.test.tsx", "a.map", ".eslintrc.json"])
def test_files_that_no_app_is_made_of_are_left_out(project: Path, path: str) -> None:
    assert Ignores(project, project).excludes(path, is_folder=False)


def test_hivesyncignore_has_the_last_word(project: Path) -> None:
    write_files(
        project,
        {".gitignore": "generated/\n!dist/\n", ".hivesyncignore": "!generated/\n!build/\nhuge/\n"},
    )
    ignores = Ignores(project, project)
    excluded = {
        name: ignores.excludes(name, is_folder=True) for name in ("generated", "build", "huge", "dist")
    }
    # `!dist/` in .gitignore is a word to git, not to us.
    assert excluded == {"generated": False, "build": False, "huge": True, "dist": True}


@pytest.mark.parametrize("name", [".git", "node_modules", "src/node_modules"])
def test_nothing_brings_back_repositories_and_packages(project: Path, name: str) -> None:
    write_files(project, {".hivesyncignore": "!.git/\n!node_modules/\n!*\n"})
    assert Ignores(project, project).excludes(name, is_folder=True)


def test_an_ignored_folder_takes_all_below_it_along(project: Path) -> None:
    write_files(project, {".gitignore": "private/\n!private/open.ts\n"})
    assert Ignores(project, project).excludes_anywhere("private/open.ts")


def test_a_list_that_is_a_link_out_or_not_text_is_not_followed(project: Path, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.write_text("*.ts\n")
    (project / ".gitignore").symlink_to(outside)
    write_files(project, {"src/.gitignore": b"\xff\xfe\x00*.ts\n[\n*.js\n"})
    ignores = Ignores(project, project)
    assert not ignores.excludes("a.ts", is_folder=False)
    assert ignores.excludes("src/a.js", is_folder=False)
