"""Editors are found where each system keeps them: here the machines are described, and need not be there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hivesync_agent.plugins.everything import find_places
from hivesync_agent.plugins.machine import Machine, find_program


def a_machine(home: Path, platform: str, *programs: str, **environ: str) -> Machine:
    return Machine(platform, environ, home, lambda name: f"/bin/{name}" if name in programs else None)


def paths(machine: Machine, *editors: str) -> dict[str, str]:
    return {
        place.name: place.path.relative_to(machine.home).as_posix() for place in find_places(machine, editors)
    }


def test_no_program_of_the_current_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, installed = tmp_path / "project", tmp_path / "bin"
    for folder in (project, installed):
        folder.mkdir()
        for name in ("code", "code.cmd"):
            (folder / name).touch(mode=0o755)
    monkeypatch.chdir(project)
    for platform, name in (("linux", "code"), ("win32", "code.cmd")):
        environ = {"PATH": f":.:{installed}", "PATHEXT": ".exe;.cmd"}
        assert find_program("code", environ, platform) == str(installed / name)
        assert find_program("code", environ | {"PATH": ":."}, platform) is None


def test_a_machine_without_editors_has_no_places(tmp_path: Path) -> None:
    for platform in ("linux", "darwin", "win32"):
        assert find_places(a_machine(tmp_path, platform)) == []


@pytest.mark.parametrize(
    ("platform", "vim", "neovim", "sublime"),
    [
        (
            "linux",
            ".vim/pack/hivesync/start/hivesync",
            ".local/share/nvim/site/pack/hivesync/start/hivesync",
            ".config/sublime-text/Installed Packages/HiveSync.sublime-package",
        ),
        (
            "darwin",
            ".vim/pack/hivesync/start/hivesync",
            ".local/share/nvim/site/pack/hivesync/start/hivesync",
            "Library/Application Support/Sublime Text/Installed Packages/HiveSync.sublime-package",
        ),
        (
            "win32",
            "vimfiles/pack/hivesync/start/hivesync",
            "AppData/Local/nvim-data/site/pack/hivesync/start/hivesync",
            "AppData/Roaming/Sublime Text/Installed Packages/HiveSync.sublime-package",
        ),
    ],
)
def test_each_system_has_its_own_folders(
    tmp_path: Path, platform: str, vim: str, neovim: str, sublime: str
) -> None:
    machine = a_machine(tmp_path, platform, "vim", "nvim", "subl")
    assert paths(machine) == {"Vim": vim, "Neovim": neovim, "Sublime Text": sublime}


def test_the_user_s_own_folders_are_followed(tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "config"
    (config / "vim").mkdir(parents=True)
    (config / "vim" / "vimrc").touch()
    machine = a_machine(
        *(tmp_path, "linux", "vim", "nvim"),
        XDG_DATA_HOME=str(data),
        XDG_CONFIG_HOME=str(config),
        NVIM_APPNAME="mine",
    )
    assert paths(machine, "vim", "neovim") == {
        "Vim": "config/vim/pack/hivesync/start/hivesync",
        "Neovim": "data/mine/site/pack/hivesync/start/hivesync",
    }
    (tmp_path / ".vimrc").touch()
    assert paths(machine, "vim")["Vim"].startswith(".vim/")
    relative = a_machine(tmp_path, "linux", "nvim", XDG_DATA_HOME="relative")
    assert paths(relative)["Neovim"].startswith(".local/share/")


def test_vs_code_and_its_kin_are_found_by_command_or_application(tmp_path: Path) -> None:
    linux = a_machine(tmp_path, "linux", "code", "codium", "code-server")
    assert paths(linux, "vscode") == {
        "VS Code": ".vscode/extensions",
        "VSCodium": ".vscode-oss/extensions",
        "code-server": ".local/share/code-server/extensions",
    }
    app = tmp_path / "Applications/Cursor.app/Contents/Resources/app/bin"
    app.mkdir(parents=True)
    (app / "cursor").touch()
    assert "Cursor" in paths(a_machine(tmp_path, "darwin"), "vscode")
    windows = tmp_path / "AppData/Local/Programs/Microsoft VS Code/bin"
    windows.mkdir(parents=True)
    (windows / "code.cmd").touch()
    assert paths(a_machine(tmp_path, "win32"), "vscode") == {"VS Code": ".vscode/extensions"}


def test_what_vs_code_has_installed_is_read_from_its_folder(tmp_path: Path) -> None:
    machine = a_machine(tmp_path, "linux", "code")
    (place,) = find_places(machine, ["vscode"])
    assert place.installed() is None
    (place.path / "hivesync.hivesync-0.0.9").mkdir(parents=True)
    (place.path / "hivesync.hivesync-language-1.0.0").mkdir()
    found = place.installed()
    assert found is not None
    assert (found.version, found.current) == ("0.0.9", False)
    (place.path / ".obsolete").write_text(json.dumps({"hivesync.hivesync-0.0.9": True}))
    assert place.installed() is None


@pytest.mark.parametrize(
    ("platform", "settings", "plugins"),
    [
        ("linux", ".config", ".local/share/JetBrains/{}/hivesync"),
        (
            *("darwin", "Library/Application Support"),
            "Library/Application Support/JetBrains/{}/plugins/hivesync",
        ),
        ("win32", "AppData/Roaming", "AppData/Roaming/JetBrains/{}/plugins/hivesync"),
    ],
)
def test_every_version_of_a_jetbrains_ide_is_a_place(
    tmp_path: Path, platform: str, settings: str, plugins: str
) -> None:
    for product in ("WebStorm2026.2", "IdeaIC2025.3", "Toolbox", "consentOptions"):
        (tmp_path / settings / "JetBrains" / product).mkdir(parents=True)
    assert paths(a_machine(tmp_path, platform), "jetbrains") == {
        "IntelliJ IDEA Community 2025.3": plugins.format("IdeaIC2025.3"),
        "WebStorm 2026.2": plugins.format("WebStorm2026.2"),
    }
