"""The table of our own names: it knows what each part writes, and claims nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hivesync.credentials import Account, new_session, open_store
from hivesync.locations import Locations
from hivesync.preferences import Preferences
from hivesync.private_files import write_private
from hivesync_agent.service.start_log import start_log
from hivesync_agent.uninstall.footprint import footprint
from hivesync_contract.keychain import SessionStore
from hivesync_dev.servers.agents import locations_in

ID = "0193a000-0000-7000-8000-000000000001"
ACCOUNT = "0123456789abcdef"
NESTED = {
    "apart": lambda home: locations_in(home),
    "Linux": lambda home: Locations.detect({}, platform="linux", home=home),
    "macOS": lambda home: Locations.detect({}, platform="darwin", home=home),
    "Windows": lambda home: Locations.detect({}, platform="win32", home=home),
}


@pytest.fixture(params=NESTED)
def locations(request: pytest.FixtureRequest, tmp_path: Path) -> Locations:
    """Folders apart, or in each other as a system's rules put them."""
    return NESTED[request.param](tmp_path / "home")


def everything(locations: Locations) -> list[Path]:
    """Give a file of each kind, and one that a crash has left half written."""
    runtime, config, state, log = locations.runtime, locations.config, locations.state, locations.log
    return [
        locations.discovery_file("default"),
        locations.agent_lock("work"),
        runtime / "tray.default.lock",
        runtime / "qr-ab_12xyz.png",
        config / "config.json",
        config / ".config.json.ab_12xyz.unfinished",
        state / f"account-{ACCOUNT}-keychain.json",
        state / f"session-{ACCOUNT}.lock",
        state / "answers.default.bin",
        state / "projects.play.json",
        state / "digests.sqlite3-journal",
        state / "index" / f"{ACCOUNT * 2}.sqlite3",
        state / "previews" / "work" / f"{ID}.json",
        state / "operations" / ACCOUNT / f"{ID}.json",
        state / "operations" / ACCOUNT / f"{ID}.json.damaged",
        state / "operations" / ACCOUNT / f".{ID}.json.ab_12xyz.unfinished",
        state / "support" / "hivesync-support-20261126-144944-729042.zip",
        locations.agent_log("work"),
        log / "agent.work.log.3",
        start_log(locations, "default"),
        log / "service.default.json",
    ]


def made(paths: list[Path]) -> list[Path]:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return sorted(paths)


def test_everything_of_ours_is_found_and_its_folders_after_what_is_in_them(locations: Locations) -> None:
    ours = made(everything(locations))
    found = footprint(locations)
    assert sorted(found.files) == ours
    assert found.foreign == []
    assert found.profiles == {"default", "work", "play"}
    assert [path.name for path in found.changes] == [f"{ID}.json", f"{ID}.json.damaged"]
    for path in found.files:
        path.unlink()
    for folder in found.folders:
        folder.rmdir()
    assert not any(folder.exists() for folder in (locations.runtime, locations.state, locations.log))


@pytest.mark.parametrize(
    "name",
    [
        *("state/notes.txt", "state/config.json.bak", "state/answers.bin", "state/answers.UPPER.bin"),
        *("state/session-0123.json", "state/previews/notes.txt", "state/previews/work/deeper/x.json"),
        *("state/operations/other/x.json", "state/index/mine.sqlite3", "state/qr-ab_12xyz.png"),
        *("run/desktop-agent.json~", "log/agent.log", "log/config.json", "config/config.json/inside"),
    ],
)
def test_what_only_looks_like_ours_is_not_and_its_folders_stay(tmp_path: Path, name: str) -> None:
    locations = locations_in(tmp_path / "home")
    ours = made(everything(locations))
    if name.startswith("config/"):
        ours.remove(locations.config / "config.json")
        (locations.config / "config.json").unlink()
    path = tmp_path / "home" / name
    made([path])
    found = footprint(locations)
    assert sorted(found.files) == ours
    assert len(found.foreign) == 1
    assert path.is_relative_to(found.foreign[0])
    assert not set(found.folders) & set(path.parents)


@pytest.mark.parametrize("kind", ["repository", "home", "root"])
def test_a_folder_for_more_than_hivesync_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    folder = Path("/") if kind == "root" else tmp_path / "mine"
    if kind != "root":
        made([folder / "config.json", folder / "projects.main.json", folder / ".git" / "HEAD"])
    if kind == "home":
        (folder / ".git").rename(folder / "git")
        monkeypatch.setattr(Path, "home", lambda: folder)
    found = footprint(Locations(folder, folder, folder, folder))
    assert (found.files, found.folders, found.foreign) == ([], [], [folder])


def test_no_link_is_followed(tmp_path: Path) -> None:
    locations = locations_in(tmp_path / "home")
    outside = tmp_path / "outside" / "work"
    made([outside / f"{ID}.json"])
    locations.state.mkdir(parents=True)
    (locations.state / "previews").symlink_to(outside.parent)
    (locations.state / "answers.default.bin").symlink_to(outside / f"{ID}.json")
    found = footprint(locations)
    assert found.files == [locations.state / "answers.default.bin"]  # the link goes, its target stays
    assert found.foreign == [locations.state / "previews"]


def test_a_file_in_the_place_of_a_folder_is_not_ours(tmp_path: Path) -> None:
    locations = locations_in(tmp_path)
    made([locations.runtime])
    found = footprint(locations)
    assert (found.files, found.folders, found.foreign) == ([], [], [locations.runtime])


def test_what_the_stores_write_is_known(tmp_path: Path) -> None:
    locations = locations_in(tmp_path)
    Preferences(plaintext_credentials=True).save(locations)
    open_store(SessionStore.FILE, Account("https://a.example", "work"), locations).begin(
        new_session("r", "u")
    )
    write_private(locations.discovery_file("work"), b"{}")
    found = footprint(locations)
    assert (len(found.files), found.foreign) == (4, [])


def test_nothing_there_is_nothing_found(locations: Locations) -> None:
    found = footprint(locations)
    assert (found.files, found.folders, found.foreign) == ([], [], [])
