"""Attacks by a path in a request, and by what changes under it: only a user's own files are read."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath

import pytest
from hivesync_agent.projects import asked
from hivesync_agent.projects.admission import Admission, Verdict
from hivesync_agent.projects.asked import as_listed, checked, spelling
from hivesync_agent.projects.confined import Confines, open_inside, read_inside, real_path
from hivesync_agent.projects.refusals import PathInvalid, PathRefused
from hivesync_agent.projects.resolution import between, join
from hivesync_agent.projects.root import Approved, Roots, Target
from hivesync_agent.projects.scan import Scanner
from hivesync_dev.project_files import write_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CANARY = b"canary"


class TestSystem:
    """What the operating system shows as files: processes, with their memory and environment, and devices."""

    @pytest.mark.parametrize(
        "path",
        [
            "/proc/self/environ",
            "/proc/self/cmdline",
            "/proc/self/status",
            "/proc/1/environ",
            "/proc/self/task/../environ",
            "/sys/kernel/notes",
            "/dev/null",
            "/dev/zero",
            "/dev/stdin",
            "/dev/fd/0",
            "/dev/tty",
        ],
    )
    def test_a_file_of_it_is_refused(self, roots: Roots, path: str) -> None:
        with pytest.raises((PathInvalid, PathRefused)):
            roots.find(path)

    @pytest.mark.parametrize(
        "path", ["/proc", "/proc/self", "/proc/self/task", "/sys", "/sys/fs/cgroup", "/dev"]
    )
    def test_a_folder_of_it_is_no_project(self, roots: Roots, path: str) -> None:
        for find in (roots.find, roots.find_folder):
            with pytest.raises(PathRefused):
                find(path)

    def test_nor_by_a_link(self, roots: Roots, project: Path) -> None:
        write_files(project, {"package.json": "{}"})
        (project / "env.json").symlink_to("/proc/self/environ")
        (project / "me").symlink_to("/proc/self")
        for path in ("env.json", "me/environ"):
            with pytest.raises(PathRefused):
                roots.find(str(project / path))
        with pytest.raises(PathRefused):
            roots.find_folder(str(project / "me"))

    def test_the_way_through_a_process_to_a_users_file_is_the_file(self, roots: Roots, project: Path) -> None:
        write_files(project, {"package.json": "{}"})
        assert roots.find(f"/proc/self/root{project}").root == project

    def test_where_its_folders_are_mounted_elsewhere_their_device_tells(
        self, roots: Roots, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_files(project, {"package.json": "{}"})
        devices = {"/": 1, str(project): 7, "/proc": 7}
        monkeypatch.setattr(asked, "_device", lambda path: devices.get(str(path), -1))
        with pytest.raises(PathRefused, match="operating system"):
            roots.find(str(project))


class TestWindows:
    """Names that Windows takes for something else; told by their text, so on any system."""

    @pytest.mark.parametrize(
        "path",
        [
            *(
                r"\\?\C:\shop",
                r"\\.\C:\shop",
                r"\\?\UNC\host\shop",
                r"\??\C:\shop",
                "//?/C:/shop",
                r"/\?\C:\shop",
            ),
            *(
                "//./pipe/x",
                r"C:\shop\NUL",
                r"C:\shop\nul.html",
                r"C:\con\a.ts",
                r"C:\shop\COM1",
                "C:/lpt9.txt",
            ),
            *(
                r"C:\shop\aux .md",
                r"C:\shop\com¹",
                r"C:\shop\CONOUT$",
                r"C:\shop\a.ts::$DATA",
                r"C:\shop\.env:x",
            ),
        ],
    )
    def test_a_device_or_a_stream_is_refused_by_its_name(self, path: str) -> None:
        with pytest.raises(PathInvalid, match="Windows"):
            checked(path, on_windows=True)

    @pytest.mark.parametrize(
        "name", ["console.ts", "nullable.ts", "com10.ts", "auxiliary", "comb", "lpt.md", "a.con"]
    )
    def test_a_name_that_only_resembles_one_is_not(self, name: str) -> None:
        assert checked(f"/shop/{name}", on_windows=True) == Path(f"/shop/{name}")

    @pytest.mark.parametrize("name", ["nul.ts", "aux", "com1.md"])
    def test_elsewhere_they_are_names_as_any_other(self, name: str) -> None:
        assert checked(f"/shop/{name}", on_windows=False).name == name


class TestSpelling:
    """Disks without regard to case or composition: a request's spelling must not go around an ignore list."""

    @pytest.mark.parametrize(
        ("name", "listed", "expected"),
        [
            ("secret.TXT", ["Secret.txt", "other"], "Secret.txt"),
            ("caf\u00e9", ["cafe\u0301"], "cafe\u0301"),
            ("CAFE\u0301", ["caf\u00e9"], "caf\u00e9"),
            ("a.ts", ["A.ts", "a.ts"], "a.ts"),
            ("new.ts", ["old.ts"], "new.ts"),
        ],
    )
    def test_the_listed_name_is_meant(self, name: str, listed: list[str], expected: str) -> None:
        assert spelling(name, listed) == expected

    def test_each_part_of_a_path_is_spelled_as_its_folder_lists_it(self, project: Path) -> None:
        write_files(project, {"Src/Deep/App.tsx": ""})
        assert as_listed(project, "SRC/deep/app.TSX") == "Src/Deep/App.tsx"
        assert as_listed(project, "Src/gone/App.tsx") == "Src/gone/App.tsx"


class TestOurOwn:
    """HiveSync's folders hold the token; no spelling, link or project around them leads there."""

    def test_no_spelling_leads_there(self, roots: Roots, own_folder: Path, home: Path) -> None:
        file = own_folder / "desktop-agent.json"
        (home / "link").symlink_to(own_folder.parent)
        for path in (
            f"{file}",
            f"//{file}",
            f"{own_folder}//./desktop-agent.json",
            f"{home}/link/hivesync/{file.name}",
        ):
            with pytest.raises(PathRefused, match="own folders"):
                roots.find(path)
        for path in (f"{own_folder}", f"{own_folder}/", f"{home}/link/hivesync"):
            with pytest.raises(PathRefused, match="own folders"):
                roots.find_folder(path)

    def test_no_project_around_them_reads_them(self, scanner: Scanner, own_folder: Path) -> None:
        root = write_files(
            own_folder.parent,
            {"package.json": "{}", "index.html": "<script src='hivesync/a.js'></script>"},
        )
        write_files(own_folder, {"a.js": CANARY, "page.html": CANARY})
        with pytest.raises(PathRefused, match="not sent"):
            scanner.snapshot(scanner.find(str(root), "hivesync/page.html"))
        found = scanner.snapshot(scanner.find(str(root), None))
        assert [file.entry.path for file in found.files] == ["index.html", "package.json"]


def relink(place: Path, real: Path, trap: Path) -> None:
    """Let a link lead to the trap, and back."""
    fresh = place.with_name("fresh")
    for target in (trap, real):
        fresh.symlink_to(target)
        fresh.replace(place)


@contextmanager
def repeated(swap: Callable[[], None]) -> Iterator[None]:
    """Do it again and again until the block ends, with moments in between in which all is as it should be."""
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(0.0002):
            swap()

    racer = threading.Thread(target=run)
    racer.start()
    try:
        yield
    finally:
        ended.set()
        racer.join()


@pytest.mark.parametrize("relative_open", [True, False])
@pytest.mark.parametrize("approved", [frozenset({""}), frozenset({"shop", "ui"})])
@pytest.mark.parametrize("part", ["folder", "file"])
def test_a_link_that_is_swapped_while_files_are_opened_is_never_followed_out(
    home: Path, monkeypatch: pytest.MonkeyPatch, relative_open: bool, approved: frozenset[str], part: str
) -> None:
    """A real race. The trap lies outside, or inside the base in a folder that is not approved.

    What is swapped between the look and the opening itself is in `test_confinement.py`, step by step.
    """
    monkeypatch.setattr("hivesync_agent.projects.confined.RELATIVE_OPEN", relative_open)
    base = write_files(home / "mono", {"shop/b.ts": b"good", "ui/src/a.ts": b"good", "bank/a.ts": CANARY})
    write_files(home, {"bank/a.ts": CANARY})
    bank = (home if approved == {""} else base) / "bank"
    relative, real, trap = {
        "folder": ("shop/link/a.ts", base / "ui/src", bank),
        "file": ("shop/link", base / "ui/src/a.ts", bank / "a.ts"),
    }[part]
    (base / "shop/link").symlink_to(real)
    read = set()
    with repeated(partial(relink, base / "shop/link", real, trap)):
        for _ in range(400):
            read.add(read_inside(Confines(base, approved), relative, 100))
    assert read <= {b"good", None}
    assert b"good" in read


def test_a_file_that_became_a_pipe_or_a_device_does_not_block(project: Path) -> None:
    os.mkfifo(project / "a.ts")
    (project / "b.ts").symlink_to("/dev/zero")
    for name in ("a.ts", "b.ts"):
        with pytest.raises(PathRefused):
            open_inside(project, name)


NAMES = st.sampled_from(
    ["a", "b", "..", ".", "", "link", "up", "abs", "ui", "bank", ".env", "node_modules", "A", "\u00e9"]
)
PATHS = st.lists(NAMES, max_size=7).map("/".join) | st.lists(NAMES, max_size=6).map(
    lambda each: "/" + "/".join(each)
)


@pytest.fixture(scope="module")
def maze(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with an approved and an unapproved folder, links in all directions, and a canary outside."""
    top = tmp_path_factory.mktemp("maze").resolve()
    write_files(
        top, {"bank/a": CANARY, "mono/bank/a": CANARY, "mono/shop/a": "in", "mono/ui/b/a": "in", "a": CANARY}
    )
    write_files(top / "mono/shop", {".env": CANARY, "node_modules/a/a": "in", "\u00e9": "in"})
    for place, target in (
        *(("shop/link", "../ui"), ("shop/up", ".."), ("shop/abs", str(top)), ("ui/link", "../bank")),
        *(("ui/up", "../.."), ("shop/b", "link/link"), ("ui/abs", "/etc/passwd"), ("shop/ui", "abs/bank")),
    ):
        (top / "mono" / place).symlink_to(target)
    return top / "mono"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=PATHS)
def test_whatever_is_opened_lies_in_an_approved_folder(maze: Path, path: str) -> None:
    confines = Confines(maze, frozenset({"shop", "ui"}))
    content = read_inside(confines, path, 1_000)
    lies = os.path.realpath(maze / path)
    if content is not None:
        assert any(lies.startswith(f"{maze}/{each}/") for each in ("shop", "ui"))
    try:
        real = real_path(confines, path)
    except (OSError, RuntimeError, PathRefused):
        assert content is None
    else:
        assert str(maze / real) == lies


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=PATHS)
def test_whatever_is_admitted_holds_no_canary(maze: Path, path: str) -> None:
    shop, ui = maze / "shop", maze / "ui"
    admission = Admission.of(Target(shop, shop, beyond=(Approved(ui, ui),)), frozenset())
    for verdict in (admission.of_file(path), admission.of_package_file(path)):
        if verdict is Verdict.ADMITTED:
            assert read_inside(admission.confines, path, 1_000) != CANARY


@given(folder=PATHS, reference=PATHS)
def test_a_reference_never_means_a_path_above_the_base(folder: str, reference: str) -> None:
    joined = join(folder.strip("/").replace("..", "x"), reference)
    assert joined is None or (".." not in joined.split("/") and not joined.startswith("/"))


@given(st.lists(st.sampled_from("abc"), max_size=5), st.lists(st.sampled_from("abc"), min_size=1, max_size=5))
def test_a_path_seen_from_a_folder_leads_back_to_itself(folder: list[str], path: list[str]) -> None:
    seen = between("/".join(folder), "/".join(path))
    assert join("/".join(folder), seen) == "/".join(path)
    assert not PurePosixPath(seen).is_absolute()
