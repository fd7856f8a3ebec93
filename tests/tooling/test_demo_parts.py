"""The demo's own parts: options, lock, the page reader, the text of a failure."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hivesync_contract.errors import Diagnostic, ErrorCode
from hivesync_contract.previews import PreviewError
from hivesync_dev.demo.env_file import write_env
from hivesync_dev.demo.lock import DemoLock, DemoRunning
from hivesync_dev.demo.options import SAMPLE, DemoOptions, OptionInvalid
from hivesync_dev.demo.phone_visit import assets_named
from hivesync_dev.demo.report import failure_text
from hivesync_dev.stack.environment import clean_env


def test_without_options_the_sample_is_shown_and_kept() -> None:
    assert DemoOptions.from_env({}, Path("/")) == DemoOptions(SAMPLE, once=False, lan=False)


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_once_and_lan_are_switches(value: str, expected: bool) -> None:
    options = DemoOptions.from_env({"ONCE": value, "LAN": value}, Path("/"))
    assert (options.once, options.lan) == (expected, expected)


def test_a_relative_project_counts_from_the_current_folder(tmp_path: Path) -> None:
    (tmp_path / "my app").mkdir()
    assert DemoOptions.from_env({"PROJECT": "my app"}, tmp_path).project == tmp_path / "my app"


def test_a_missing_project_is_named(tmp_path: Path) -> None:
    with pytest.raises(OptionInvalid, match="PROJECT=nowhere") as caught:
        DemoOptions.from_env({"PROJECT": "nowhere"}, tmp_path)
    assert caught.value.code == ErrorCode.VALIDATION_ERROR


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "app").mkdir()
    assert DemoOptions.from_env({"PROJECT": "~/app"}, Path("/")).project == tmp_path / "app"


def test_a_tilde_of_nobody_is_a_missing_project(tmp_path: Path) -> None:
    with pytest.raises(OptionInvalid, match="PROJECT=~nobody-at-all/app"):
        DemoOptions.from_env({"PROJECT": "~nobody-at-all/app"}, tmp_path)


def test_the_env_file_is_private_and_survives_a_shell(tmp_path: Path) -> None:
    odd = '/tmp/it\'s $HOME `here`/"x"'
    names = ("SERVER_URL", "RUNTIME_DIR", "CONFIG_DIR", "STATE_DIR", "LOG_DIR")
    environ = {f"HIVESYNC_{name}": f"{odd}/{name}" for name in names} | {"PYTHON_KEYRING_BACKEND": "x"}
    path = tmp_path / "private" / "env"
    write_env(environ, path)
    assert path.stat().st_mode & 0o777 == 0o600
    shown = subprocess.run(
        ["/bin/sh", "-c", '. "$0" && env', path], env={}, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert {f"{name}={value}" for name, value in environ.items()} <= set(shown)


def test_a_second_demo_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with DemoLock(path), pytest.raises(DemoRunning), DemoLock(path):
        pass
    with DemoLock(path):
        pass


def test_assets_of_a_page() -> None:
    html = """<link rel=icon href="data:,"><link rel="stylesheet" href="/-/a.css">
    <script src=/-/b.js></script><img src="c.png"/><a href="/other">x</a><script>let a = "<img>"</script>"""
    assert assets_named(html) == ["/-/a.css", "/-/b.js", "c.png"]


def test_a_failure_names_the_place() -> None:
    place = Diagnostic("Unexpected }", "src/App.tsx", 3, 7, "3 | }", "Remove it.")
    text = failure_text(PreviewError(ErrorCode.PREVIEW_BUILD_FAILED, "Unexpected }", place))
    assert text.startswith("PREVIEW_BUILD_FAILED: Unexpected }\n")
    assert "src/App.tsx:3:7" in text
    assert "Remove it." in text


def test_the_users_own_settings_do_not_reach_the_stack() -> None:
    env = clean_env(
        {"DATABASE_URL": "postgres://real", "HIVESYNC_TOKEN": "t", "HTTPS_PROXY": "p", "PATH": "/bin"}
    )
    assert env["PATH"] == "/bin"
    assert {"DATABASE_URL", "HIVESYNC_TOKEN", "HTTPS_PROXY"}.isdisjoint(env)
