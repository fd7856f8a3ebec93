"""The plugin compiles against the platform's jars without a warning, and its zip is what an IDE installs."""

from __future__ import annotations

import io
import os
import re
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hivesync_dev.jetbrains.modules import FOLDER, STUBS
from hivesync_dev.jetbrains.plugin_zip import build_zip
from hivesync_dev.paths import VENV_BIN

_CLASS_ATTRIBUTES = ("class", "serviceImplementation", "instance", "implementation", "factoryClass")
_COMMANDS = {
    "RequestPreview",
    "LivePreview",
    "StopPreview",
    "ShowPreview",
    "GenerateAiDocs",
    "OpenComments",
    "OpenTasks",
    "ShowNotifications",
    "ShowConsole",
    "LogIn",
    "LogOut",
    "Doctor",
}


@pytest.fixture(scope="module")
def library() -> zipfile.ZipFile:
    with zipfile.ZipFile(build_zip()) as outer:
        (name,) = outer.namelist()
        assert re.fullmatch(r"hivesync/lib/hivesync-[0-9.]+\.jar", name)
        return zipfile.ZipFile(io.BytesIO(outer.read(name)))


def test_the_zip_is_the_same_to_the_byte_each_time() -> None:
    first = build_zip().read_bytes()
    assert build_zip().read_bytes() == first


def test_everything_that_the_description_names_is_in_the_plugin(library: zipfile.ZipFile) -> None:
    root = ElementTree.fromstring(library.read("META-INF/plugin.xml"))  # noqa: S314 - our own file
    names = set(library.namelist())
    attributes = [(key, value) for element in root.iter() for key, value in element.attrib.items()]
    classes = {value for key, value in attributes if key in (*_CLASS_ATTRIBUTES, "implementationClass")}
    assert len(classes) > len(_COMMANDS)
    assert {f"{name.replace('.', '/')}.class" for name in classes} <= names
    assert {value.lstrip("/") for key, value in attributes if key == "icon"} <= names
    actions = {action.get("id", "").removeprefix("HiveSync.") for action in root.iter("action")}
    assert actions == _COMMANDS


def test_the_agent_installs_what_was_built(tmp_path: Path) -> None:
    zip_path = build_zip()
    (tmp_path / ".local/share/JetBrains/WebStorm2024.3").mkdir(parents=True)
    (tmp_path / ".config/JetBrains/WebStorm2024.3").mkdir(parents=True)
    environ = {**os.environ, "HOME": str(tmp_path)}
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        environ.pop(name, None)
    command = [str(VENV_BIN / "hivesync"), "plugins", "install", "jetbrains"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(zip_path) as built:
        (name,) = built.namelist()
        installed = list((tmp_path / ".local/share/JetBrains/WebStorm2024.3").rglob("*.jar"))
        assert [path.read_bytes() for path in installed] == [built.read(name)]


def test_neither_stubs_nor_gson_are_shipped(library: zipfile.ZipFile) -> None:
    assert STUBS.sources()
    others = [
        name for name in library.namelist() if not name.startswith(("dev/hivesync/", "META-INF/", "icons/"))
    ]
    assert others == []


def test_the_version_is_one() -> None:
    said = {
        re.search(
            r"<version>(.+?)</version>",
            (FOLDER / "plugin/src/main/resources/META-INF/plugin.xml").read_text("utf-8"),
        ),
        re.search(
            r'PLUGIN = "(.+?)"',
            (FOLDER / "core/src/main/java/dev/hivesync/core/Version.java").read_text("utf-8"),
        ),
        re.search(r'^version = "(.+?)"', (FOLDER / "build.gradle.kts").read_text("utf-8"), re.MULTILINE),
    }
    assert len({found[1] for found in said if found}) == 1
    assert None not in said


def test_swing_never_takes_a_text_of_others_for_html() -> None:
    """A label that begins with `<html>` is drawn as such, unless it is made where that is turned off."""
    plugin = FOLDER / "plugin/src/main/java"
    offending = [
        path.name
        for path in plugin.rglob("*.java")
        if re.search(
            r"new (JLabel\([a-z]\w*[.(]|DefaultListCellRenderer|JEditorPane|JTextPane)",
            path.read_text("utf-8"),
        )
    ]
    assert offending == []


def test_nothing_depends_on_the_machine_s_date() -> None:
    """A clock that is wrong by years changes nothing: what lasts is measured, and times are shown as told."""
    sources = [path for part in ("core", "plugin") for path in (FOLDER / part / "src/main").rglob("*.java")]
    asking = re.compile(
        r"currentTimeMillis|\bnew Date\(|\bClock\.|(Instant|LocalDate|DateTime|LocalTime)\.now\("
    )
    assert len(sources) > 80
    assert [path.name for path in sources if asking.search(path.read_text("utf-8"))] == []
