"""Which project a path belongs to, and which paths belong to none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hivesync_agent.projects.refusals import PathInvalid, PathRefused
from hivesync_agent.projects.root import Roots
from hivesync_contract.errors import ErrorCode
from hivesync_dev.project_files import write_files


@pytest.mark.parametrize("marker", ["package.json", "index.html", "app.json"])
def test_the_nearest_folder_with_a_marker_is_the_root(roots: Roots, project: Path, marker: str) -> None:
    write_files(project, {marker: "{}", "src/deep/App.tsx": ""})
    target = roots.find(str(project / "src" / "deep" / "App.tsx"))
    assert (target.root, target.focus, target.loose) == (project, "src/deep/App.tsx", False)


def test_a_folder_inside_a_project_means_the_project(roots: Roots, project: Path) -> None:
    write_files(project, {"package.json": "{}", "src/a.ts": ""})
    target = roots.find(str(project / "src"))
    assert (target.root, target.focus) == (project, None)


def test_a_nested_package_is_its_own_project(roots: Roots, project: Path) -> None:
    write_files(project, {"package.json": "{}", "apps/web/package.json": "{}", "apps/web/a.ts": ""})
    assert roots.find(str(project / "apps/web/a.ts")).root == project / "apps/web"


def test_the_search_ends_at_the_repository(roots: Roots, project: Path) -> None:
    write_files(project, {"package.json": "{}", "tool/.git/HEAD": "", "tool/notes.md": ""})
    target = roots.find(str(project / "tool" / "notes.md"))
    assert (target.root, target.loose) == (project / "tool", True)


def test_the_home_folder_is_never_a_project(roots: Roots, home: Path) -> None:
    write_files(home, {"package.json": "{}", "notes.md": "", "loose/a.md": ""})
    assert roots.find(str(home / "loose" / "a.md")).loose
    assert roots.find(str(home / "notes.md")).loose
    for too_much in (home, Path(home.anchor)):
        with pytest.raises(PathRefused, match="too much"):
            roots.find(str(too_much))


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="only root may give files away")
def test_a_marker_that_another_user_planted_above_is_not_followed(roots: Roots, home: Path) -> None:
    shared = write_files(home / "shared", {"package.json": "{}", "mine/notes.md": ""})
    os.chown(shared, 12345, 12345)
    assert roots.find(str(shared / "mine" / "notes.md")).root == shared / "mine"


@pytest.mark.parametrize(
    "path",
    ["", "shop", "./shop", "~/shop", "/no/such/folder", "/tmp/../etc", "/tmp/a\0b", "/tmp/a\nb", "/x" * 3000],
)
def test_what_is_no_plain_absolute_path_is_invalid(roots: Roots, path: str) -> None:
    with pytest.raises(PathInvalid) as caught:
        roots.find(path)
    assert caught.value.code is ErrorCode.VALIDATION_ERROR


def test_a_pipe_is_neither_file_nor_folder(roots: Roots, project: Path) -> None:
    os.mkfifo(project / "pipe")
    with pytest.raises(PathInvalid, match="neither"):
        roots.find(str(project / "pipe"))


def test_a_link_that_leads_out_of_its_project_is_refused(roots: Roots, project: Path, home: Path) -> None:
    write_files(home, {"other/secret.png": "secret"})
    write_files(project, {"package.json": "{}"})
    (project / "logo.png").symlink_to(home / "other" / "secret.png")
    (project / "other").symlink_to(home / "other")
    for path in ("logo.png", "other/secret.png"):
        with pytest.raises(PathRefused, match="leads out"):
            roots.find(str(project / path))


def test_a_project_reached_through_a_link_is_that_project(roots: Roots, project: Path, home: Path) -> None:
    write_files(project, {"package.json": "{}", "src/a.ts": ""})
    (home / "current").symlink_to(project)
    target = roots.find(str(home / "current" / "src" / "a.ts"))
    assert (target.root, target.focus) == (project, "src/a.ts")


@pytest.mark.parametrize("inside", ["", "previews"])
def test_our_own_folders_are_refused(roots: Roots, own_folder: Path, inside: str) -> None:
    (own_folder / inside).mkdir(exist_ok=True)
    with pytest.raises(PathRefused, match="own folders"):
        roots.find(str(own_folder / inside))


def test_our_own_files_are_refused_through_a_link_too(roots: Roots, own_folder: Path, home: Path) -> None:
    write_files(own_folder, {"package.json": "{}", "index.html": ""})
    (home / "innocent").symlink_to(own_folder)
    for path in (own_folder / "desktop-agent.json", home / "innocent", home / "innocent" / "index.html"):
        with pytest.raises(PathRefused):
            roots.find(str(path))
