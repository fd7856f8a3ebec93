"""Attacks by a path: nothing outside the project, no device and no pipe is ever read."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hivesync_agent.projects import confined
from hivesync_agent.projects.confined import open_inside, read_inside
from hivesync_agent.projects.digests import DigestCache
from hivesync_agent.projects.refusals import PathInvalid, PathRefused, SourceTooLarge
from hivesync_agent.projects.root import Roots
from hivesync_agent.projects.scan import Scanner
from hivesync_agent.projects.snapshot import TOTAL_BYTES
from hivesync_contract.errors import ErrorCode
from hivesync_contract.limits import MANIFEST_FILES, SOURCE_TEXT_BYTES
from hivesync_dev.project_files import write_files

NOBODY = 65534


@pytest.fixture
def web(project: Path, home: Path) -> Path:
    write_files(home, {"other/private.ts": "canary", "other/deep/a.ts": "canary"})
    return write_files(project, {"package.json": "{}", "index.html": "", "src/a.ts": "a"})


def paths(scanner: Scanner, folder: Path) -> list[str]:
    return [file.entry.path for file in scanner.snapshot(scanner.find(str(folder), None)).files]


ORDINARY = ["index.html", "package.json", "src/a.ts"]


@pytest.mark.parametrize(
    "path",
    ["../other/private.ts", "/etc/passwd", "src/../../other/private.ts", "link.ts", "folder/deep/a.ts"],
)
def test_opening_never_leaves_the_project(web: Path, home: Path, path: str) -> None:
    (web / "link.ts").symlink_to(home / "other" / "private.ts")
    (web / "folder").symlink_to(home / "other")
    with pytest.raises(PathRefused):
        open_inside(web, path)
    assert read_inside(web, path, 1000) is None


@pytest.mark.parametrize("swapped", ["src", "src/a.ts"])
def test_a_part_of_the_path_swapped_for_a_link_after_the_check_is_not_followed(
    web: Path, home: Path, swapped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(home, {"other/a.ts": "canary"})
    check = confined.real_path

    def check_then_lose_the_race(root: Path, relative: str) -> object:
        resolved = check(root, relative)
        target = home / "other" if swapped == "src" else home / "other" / "a.ts"
        (web / swapped).rename(web / "moved")
        (web / swapped).symlink_to(target)
        return resolved

    monkeypatch.setattr(confined, "real_path", check_then_lose_the_race)
    with pytest.raises((OSError, PathRefused)):
        open_inside(web, "src/a.ts")


def test_a_platform_without_relative_opens_compares_what_it_opened(
    web: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "RELATIVE_OPEN", False)
    assert read_inside(web, "src/a.ts", 10) == b"a"
    check = confined.real_path
    answers = iter([check(web, "src/a.ts")])

    def lose_the_race(root: Path, relative: str) -> object:
        if (first := next(answers, None)) is None:
            return check(root, relative)
        (web / "src").rename(web / "moved")
        (web / "src").symlink_to(home / "other")
        write_files(home, {"other/a.ts": "canary"})
        return first

    monkeypatch.setattr(confined, "real_path", lose_the_race)
    with pytest.raises(PathRefused):
        open_inside(web, "src/a.ts")


def test_links_out_are_not_part_of_a_preview(scanner: Scanner, web: Path, home: Path) -> None:
    (web / "src" / "out.ts").symlink_to(home / "other" / "private.ts")
    (web / "lib").symlink_to(home / "other")
    (web / "dangling.ts").symlink_to(web / "nowhere.ts")
    (web / "self.ts").symlink_to(web / "self.ts")
    assert paths(scanner, web) == ORDINARY


def test_links_inside_the_project_are(scanner: Scanner, web: Path) -> None:
    (web / "src" / "b.ts").symlink_to("a.ts")
    (web / "lib").symlink_to("src")
    assert paths(scanner, web) == ["index.html", "lib/a.ts", "lib/b.ts", *ORDINARY[1:], "src/b.ts"]


def test_a_loop_of_folders_ends(scanner: Scanner, web: Path) -> None:
    (web / "src" / "up").symlink_to("..")
    (web / "src" / "same").symlink_to(".")
    assert set(ORDINARY) <= set(paths(scanner, web))


def test_pipes_sockets_and_devices_are_not_read(scanner: Scanner, web: Path) -> None:
    os.mkfifo(web / "src" / "pipe.ts")
    (web / "src" / "zero.ts").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        folder = os.open(web / "src", os.O_RDONLY)
        listener.bind(f"/proc/self/fd/{folder}/sock.ts")
        os.close(folder)
        assert paths(scanner, web) == ORDINARY
    with pytest.raises(PathRefused):
        open_inside(web, "src/pipe.ts")


def test_our_own_folder_inside_a_project_is_passed_over(scanner: Scanner, own_folder: Path) -> None:
    root = write_files(
        own_folder.parent, {"package.json": "{}", "index.html": "", "hivesync/a.json": "canary"}
    )
    (root / "again").symlink_to(own_folder)
    assert paths(scanner, root) == ["index.html", "package.json"]


def test_a_project_inside_another_is_not_read_by_a_link(scanner: Scanner, web: Path, home: Path) -> None:
    other = write_files(home / "bank", {"package.json": "{}", "index.html": "", "src/keys.ts": "canary"})
    (web / "src" / "keys.ts").symlink_to(other / "src" / "keys.ts")
    assert paths(scanner, web) == ORDINARY


@pytest.mark.parametrize(
    "entry", ["/etc/passwd", "../bank/index.html", "C:\\Windows\\x.html", "src/../../x.md"]
)
def test_an_entry_outside_is_refused_before_anything_is_read(scanner: Scanner, web: Path, entry: str) -> None:
    with pytest.raises(PathInvalid) as caught:
        scanner.find(str(web), entry)
    assert caught.value.code is ErrorCode.VALIDATION_ERROR


@pytest.mark.parametrize("entry", [".env.html", "node_modules/x/readme.md", "private/page.html"])
def test_an_entry_that_must_not_leave_the_machine_is_refused(scanner: Scanner, web: Path, entry: str) -> None:
    write_files(web, {entry: "canary", ".gitignore": "private/"})
    with pytest.raises(PathRefused, match="not sent"):
        scanner.snapshot(scanner.find(str(web), entry))


def test_names_that_cannot_be_told_to_another_machine_are_left_out(scanner: Scanner, web: Path) -> None:
    for name in (b"src/back\\slash.ts", b"src/line\nbreak.ts", b"src/\xff.ts", b"src/co:lon.ts"):
        Path(os.fsdecode(os.path.join(os.fsencode(web), name))).write_text("x")
    assert paths(scanner, web) == ORDINARY


def test_names_are_sent_composed(scanner: Scanner, web: Path) -> None:
    write_files(web, {"src/cafe\u0301.ts": "decomposed", "src/u\u0308.ts": "lost", "src/\u00fc.ts": "kept"})
    snapshot = scanner.snapshot(scanner.find(str(web), None))
    by_path = {file.entry.path: file for file in snapshot.files}
    assert by_path["src/caf\u00e9.ts"].disk == "src/cafe\u0301.ts"
    assert by_path["src/\u00fc.ts"].entry.size == len("kept")


def test_too_much_source_text_names_the_largest_files(scanner: Scanner, web: Path) -> None:
    write_files(web, {"src/huge.ts": "x" * SOURCE_TEXT_BYTES, "src/picture.png": b"x" * 3_000_000})
    with pytest.raises(SourceTooLarge, match=r"src/huge\.ts \(2\.00 MB\)") as caught:
        scanner.snapshot(scanner.find(str(web), None))
    assert caught.value.code is ErrorCode.PAYLOAD_TOO_LARGE
    assert "picture" not in caught.value.detail


def test_a_huge_file_is_refused_without_being_read(scanner: Scanner, web: Path) -> None:
    with (web / "film.mp4").open("wb") as film:
        film.truncate(TOTAL_BYTES + 1)  # sparse: reading it would take seconds, its size takes none
    with pytest.raises(SourceTooLarge, match=r"film\.mp4"):
        scanner.snapshot(scanner.find(str(web), None))


def test_too_many_files_name_the_folder_that_holds_them(scanner: Scanner, web: Path) -> None:
    write_files(web, {f"icons/{number}.svg": "" for number in range(MANIFEST_FILES + 1)})
    with pytest.raises(SourceTooLarge, match="Most are in icons"):
        scanner.snapshot(scanner.find(str(web), None))


def test_a_path_longer_than_a_manifest_takes_is_named(scanner: Scanner, web: Path) -> None:
    folder = "/".join("ü" * 100 for _ in range(6))
    write_files(web, {f"src/{folder}/a.ts": ""})
    with pytest.raises(SourceTooLarge, match="longer than"):
        scanner.snapshot(scanner.find(str(web), None))


@pytest.fixture
def ordinary_user() -> Iterator[Path]:
    """A folder of an ordinary user, who the test is meanwhile: root may read everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        if os.geteuid() != 0:
            yield folder
            return
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            os.seteuid(0)


def test_what_the_user_may_not_read_is_left_out(ordinary_user: Path) -> None:
    root = write_files(ordinary_user / "shop", {"package.json": "{}", "index.html": "", "src/a.ts": "a"})
    write_files(root, {"src/locked.ts": "x", "locked/b.ts": "x"})
    (root / "src" / "locked.ts").chmod(0)
    (root / "locked").chmod(0)
    scanner = Scanner(Roots(ordinary_user), DigestCache(ordinary_user / "cache" / "digests.sqlite3"))
    try:
        assert paths(scanner, root) == ORDINARY
    finally:
        (root / "locked").chmod(0o700)


def test_an_entry_that_the_user_may_not_read_is_refused(ordinary_user: Path) -> None:
    root = write_files(ordinary_user / "shop", {"package.json": "{}", "index.html": ""})
    (root / "index.html").chmod(0)
    scanner = Scanner(Roots(ordinary_user), DigestCache(ordinary_user / "cache" / "digests.sqlite3"))
    with pytest.raises(PathRefused, match="can't be read"):
        paths(scanner, root)


def test_a_file_that_vanishes_while_it_is_looked_at_is_left_out(
    scanner: Scanner, web: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = scanner.cache.load

    def vanish(root: Path) -> object:
        (web / "src" / "a.ts").unlink()
        return load(root)

    monkeypatch.setattr(scanner.cache, "load", vanish)
    assert paths(scanner, web) == ["index.html", "package.json"]


def test_a_loose_file_takes_only_what_it_refers_to(scanner: Scanner, home: Path) -> None:
    downloads = write_files(
        home / "downloads",
        {
            "Card.tsx": "import { ink } from './ink';\nimport './card.css';\nimport '../other/private';",
            "ink.ts": "export const ink = 1",
            "card.css": "a { background: url('bg.png') }",
            "bg.png": b"png",
            "tax.json": "{}",
            ".env": "VITE_CANARY=1",
        },
    )
    snapshot = scanner.snapshot(scanner.find(str(downloads / "Card.tsx"), None))
    assert [file.entry.path for file in snapshot.files] == ["Card.tsx", "bg.png", "card.css", "ink.ts"]
    assert snapshot.env == {}


def test_a_text_takes_its_pictures_and_no_more(scanner: Scanner, web: Path) -> None:
    write_files(
        web,
        {
            "docs/guide.md": "![a](img/a.png) ![b](<../logo.svg>) <img src='c.jpg'> ![](/e%20f.png)"
            " [x](other.md) ![](https://host/x.png) ![](../../x.png)",
            "docs/img/a.png": b"a",
            "logo.svg": "<svg/>",
            "docs/c.jpg": b"c",
            "docs/other.md": "",
            "public/e f.png": b"e",
        },
    )
    snapshot = scanner.snapshot(scanner.find(str(web / "docs" / "guide.md"), None))
    assert [file.entry.path for file in snapshot.files] == [
        "docs/c.jpg",
        "docs/guide.md",
        "docs/img/a.png",
        "logo.svg",
        "public/e f.png",
    ]


def test_an_image_is_sent_alone(scanner: Scanner, web: Path) -> None:
    write_files(web, {"logo.svg": "<svg/>"})
    snapshot = scanner.snapshot(scanner.find(str(web / "logo.svg"), None))
    assert [file.entry.path for file in snapshot.files] == ["logo.svg"]
