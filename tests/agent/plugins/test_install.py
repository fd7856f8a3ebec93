"""`hivesync plugins` puts plugins where editors find them, again and again, and touches nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hivesync_agent import VERSION
from hivesync_agent.plugins import bundled
from hivesync_agent.plugins.everything import find_places
from hivesync_agent.plugins.machine import Machine
from hivesync_agent.plugins.place import Outcome, Place, PluginRefused, put, take_away
from hivesync_dev.paths import VENV_BIN
from hivesync_dev.testing import require_tool


class Home:
    """A user's home, in which editors seem to be installed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bin = path / "bin"
        self.bin.mkdir(parents=True)

    def program(self, name: str, text: str = "#!/bin/sh\nexit 0\n") -> None:
        file = self.bin / name
        file.write_text(text)
        file.chmod(0o755)

    def hivesync(self, *arguments: str) -> tuple[int, Any, str]:
        """Run the real command; give its exit code, what it says in JSON, and what it says to people."""
        environ = {"HOME": str(self.path), "PATH": f"{self.bin}:/nowhere", "LANG": "C.UTF-8"}
        command = [str(VENV_BIN / "hivesync"), "plugins", *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        told = json.loads(done.stdout) if "--json" in arguments and done.stdout else None
        return done.returncode, told, done.stdout + done.stderr


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with Vim, Neovim and Sublime Text."""
    made = Home(tmp_path / "home")
    for program in ("vim", "nvim", "subl"):
        made.program(program)
    return made


def outcomes(told: Any) -> dict[str, str]:
    return {each["editor"]: each["outcome"] for each in told}


def test_all_editors_get_their_plugin_once(home: Home) -> None:
    code, told, _ = home.hivesync("install", "--json")
    assert (code, outcomes(told)) == (0, dict.fromkeys(("vim", "neovim", "sublime"), "installed"))
    assert all(each["version"] == VERSION and each["next_step"] for each in told)
    assert (home.path / ".vim/pack/hivesync/start/hivesync/plugin").is_dir()
    assert "hivesync" in (home.path / ".vim/pack/hivesync/start/hivesync/doc/tags").read_text()
    with zipfile.ZipFile(
        home.path / ".config/sublime-text/Installed Packages/HiveSync.sublime-package"
    ) as made:
        names = made.namelist()
        assert "boot.py" in names
        assert not [name for name in names if name.startswith(("conformance", "stubs"))]
    code, told, _ = home.hivesync("install", "--json")
    assert outcomes(told) == dict.fromkeys(("vim", "neovim", "sublime"), "unchanged")
    _, listed, _ = home.hivesync("list", "--json")
    assert [(each["name"], each["version"], each["current"]) for each in listed] == [
        ("Vim", VERSION, True),
        ("Neovim", VERSION, True),
        ("Sublime Text", VERSION, True),
    ]


def test_what_was_changed_or_is_old_is_brought_up_to_date(home: Home) -> None:
    home.hivesync("install", "vim")
    plugin = home.path / ".vim/pack/hivesync/start/hivesync"
    (plugin / "left over from an old release.vim").touch()
    _, listed, _ = home.hivesync("list", "--json")
    assert listed[0]["current"] is False
    _, told, _ = home.hivesync("install", "vim", "--json")
    assert outcomes(told) == {"vim": "updated"}
    assert not (plugin / "left over from an old release.vim").exists()
    assert sorted(each.name for each in plugin.parent.parent.iterdir()) == ["start"], (
        "nothing unfinished stays"
    )


def test_all_of_it_goes_and_nothing_else(home: Home) -> None:
    other = home.path / ".vim/pack/other/start/x.vim"
    other.parent.mkdir(parents=True)
    other.touch()
    home.hivesync("install")
    _, told, _ = home.hivesync("remove", "--json")
    assert outcomes(told) == dict.fromkeys(("vim", "neovim", "sublime"), "removed")
    left = [file for file in home.path.rglob("*") if file.is_file() and "bin" not in file.parts]
    assert left == [other]
    assert not (home.path / ".vim/pack/hivesync").exists()
    _, told, _ = home.hivesync("remove", "--json")
    assert outcomes(told) == dict.fromkeys(("vim", "neovim", "sublime"), "absent")


def test_a_folder_of_the_user_s_own_is_left_alone(home: Home) -> None:
    own = home.path / ".vim/pack/hivesync/start/hivesync"
    own.mkdir(parents=True)
    (own / "mine.vim").touch()
    for act in ("install", "remove"):
        code, told, _ = home.hivesync(act, "vim", "--json")
        assert (code, outcomes(told)) == (1, {"vim": "refused"})
        assert "was not put there by this command" in told[0]["reason"]
    assert (own / "mine.vim").exists()


def test_an_editor_that_is_not_here_is_said(home: Home) -> None:
    code, _, said = home.hivesync("install", "jetbrains")
    assert (code, said) == (1, "jetbrains: this editor was not found on this machine.\n")


def test_an_editor_that_refuses_is_told_with_its_own_words(home: Home, tmp_path: Path) -> None:
    home.program("code", "#!/bin/sh\necho 'no space left' >&2\nexit 1\n")
    code, told, _ = home.hivesync("install", "vscode", "--json")
    assert (code, outcomes(told)) == (1, {"vscode": "refused"})
    assert "no space left" in told[0]["reason"] or "no extension for VS Code" in told[0]["reason"]


def test_every_jetbrains_ide_gets_the_zip_s_folder(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = home.path / ".config/JetBrains/WebStorm2026.2"
    settings.mkdir(parents=True)
    archive = home.path / "bundle/jetbrains/dist/hivesync.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("hivesync/lib/hivesync.jar", b"jar")
    monkeypatch.setattr(bundled, "_IN_WHEEL", home.path / "bundle")
    machine = Machine("linux", {}, home.path, lambda name: None)
    (place,) = find_places(machine, ["jetbrains"])
    assert put(place) is Outcome.INSTALLED
    plugin = home.path / ".local/share/JetBrains/WebStorm2026.2/hivesync"
    assert (plugin / "lib/hivesync.jar").read_bytes() == b"jar"
    assert put(place) is Outcome.UNCHANGED
    _former_folder_goes(place)
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("hivesync/../../lib/hivesync.jar", b"jar")
    with pytest.raises(PluginRefused):
        place.install()


def _former_folder_goes(place: Place) -> None:
    """An IDE has unpacked an older archive, whose folder was `HiveSync`, beside ours, or ours is gone."""
    former = place.path.with_name("HiveSync")
    for act, outcome in ((put, Outcome.UPDATED), (take_away, Outcome.REMOVED), (put, Outcome.UPDATED)):
        _unpacked(former, "dev.hivesync")
        assert act(place) is outcome
        assert not former.exists()
    _unpacked(former, "com.example.of-the-user")
    assert put(place) is Outcome.UNCHANGED
    assert take_away(place) is Outcome.REMOVED
    assert former.exists()


def _unpacked(folder: Path, plugin: str) -> None:
    (folder / "lib").mkdir(parents=True)
    with zipfile.ZipFile(folder / "lib/hivesync-0.0.9.jar", "w") as made:
        made.writestr("META-INF/plugin.xml", f"<idea-plugin><id>{plugin}</id></idea-plugin>")


def test_the_real_vim_and_neovim_load_it(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    for program in ("vim", "nvim"):
        (home.bin / program).symlink_to(require_tool(program, "see CONTRIBUTING.md"))
    assert home.hivesync("install")[0] == 0
    quiet = subprocess.DEVNULL
    environ = {"HOME": str(home.path), "PATH": os.environ["PATH"]}
    (home.path / ".vimrc").write_text("set nocompatible\n")
    for program, arguments in (("vim", ["--not-a-term", "-T", "dumb"]), ("nvim", ["--headless"])):
        told = tmp_path / program
        look = f"call writefile([exists(':HiveSync'), expand('%:t')], '{told}')"
        command = [program, *arguments, "-c", "silent! help hivesync", "-c", look, "-c", "qall!"]
        subprocess.run(command, env=environ, stdin=quiet, stdout=quiet, timeout=30, check=False)
        assert told.read_text().splitlines() == ["2", "hivesync.txt"], program
