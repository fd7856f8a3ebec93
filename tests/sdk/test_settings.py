"""Which backend, which profile, which folders: read from the environment, and refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hivesync import Locations, Settings, SettingsInvalid
from hivesync.settings import parse_origin
from hypothesis import given
from hypothesis import strategies as st

HOME = Path("/home/ada")


@pytest.mark.parametrize(
    ("value", "origin"),
    [
        ("https://api.example.org", "https://api.example.org"),
        ("https://api.example.org/", "https://api.example.org"),
        ("HTTPS://API.Example.ORG:443", "https://api.example.org"),
        ("https://api.example.org:8443", "https://api.example.org:8443"),
        ("https://10.0.0.1", "https://10.0.0.1"),
        ("http://127.0.0.1:4000", "http://127.0.0.1:4000"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:4000", "http://localhost:4000"),
        ("http://[::1]:4000", "http://[::1]:4000"),
        ("https://[2001:DB8:0::1]", "https://[2001:db8::1]"),
    ],
)
def test_a_good_address_is_normalised(value: str, origin: str) -> None:
    assert parse_origin(value) == origin
    assert parse_origin(origin) == origin


@pytest.mark.parametrize(
    "value",
    [
        "",
        "api.example.org",
        "ftp://api.example.org",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://api.example.org",
        "http://0.0.0.0:4000",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://127.0.0.1@evil.example",
        "http://2130706433",
        "http://0x7f.1",
        "http://[::2]",
        "https://",
        "https://:443",
        "https://user@api.example.org",
        "https://user:password@api.example.org",
        "https://api.example.org/path",
        "https://api.example.org?x",
        "https://api.example.org#x",
        "https://api.example.org:99999",
        "https://api.example.org:x",
        "https://api example.org",
        "https://api.example.org\n",
        "https://api.example.org\r\nHost: evil",
        "https://exämple.org",
        "https://api.example.org\\@evil.example",
        "https://-x.example.org",
        "https://[zz]",
        "https://[::1",
    ],
)
def test_any_other_address_is_refused(value: str) -> None:
    with pytest.raises(SettingsInvalid, match="HIVESYNC_SERVER_URL"):
        parse_origin(value)


def test_a_password_in_the_address_is_not_repeated() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        parse_origin("https://ada:canary@api.example.org")
    assert "canary" not in caught.value.detail


@given(st.text(max_size=40))
def test_no_text_breaks_the_parser(tail: str) -> None:
    for value in (tail, f"https://{tail}", f"http://127.0.0.1{tail}"):
        try:
            origin = parse_origin(value)
        except SettingsInvalid:
            continue
        assert origin.startswith(("https://", "http://127.", "http://localhost", "http://[::1]"))


def test_the_environment_s_defaults() -> None:
    assert Settings.from_env({}) == Settings("http://127.0.0.1:4000", "default", None, names_server=False)


def test_the_environment_is_read_and_an_argument_wins() -> None:
    environ = {
        "HIVESYNC_SERVER_URL": "https://api.example.org",
        "HIVESYNC_PROFILE": "work",
        "HIVESYNC_TOKEN": "hs_key",
    }
    assert Settings.from_env(environ) == Settings("https://api.example.org", "work", "hs_key")
    assert Settings.from_env(environ, profile="home").profile == "home"


@pytest.mark.parametrize("value", ["../x", "a b", "A"])
def test_a_profile_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(SettingsInvalid, match="HIVESYNC_PROFILE"):
        Settings.from_env({"HIVESYNC_PROFILE": value})


@pytest.mark.parametrize("value", ["a b", "a\nb", "é"])
def test_a_token_that_would_break_a_header_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(SettingsInvalid, match="HIVESYNC_TOKEN") as caught:
        Settings.from_env({"HIVESYNC_TOKEN": value})
    assert value not in caught.value.detail


def test_the_token_stays_out_of_repr() -> None:
    assert "canary" not in repr(Settings(token="canary"))


@pytest.mark.parametrize(
    ("platform", "environ", "config", "state", "log"),
    [
        ("linux", {}, ".config/hivesync", ".local/state/hivesync", ".local/state/hivesync/log"),
        ("linux", {"XDG_CONFIG_HOME": "relative"}, ".config/hivesync", ".local/state/hivesync", None),
        ("linux", {"XDG_STATE_HOME": "/s"}, ".config/hivesync", "/s/hivesync", "/s/hivesync/log"),
        ("darwin", {}, "Library/Application Support/HiveSync", None, "Library/Logs/HiveSync"),
        ("win32", {}, "AppData/Local/HiveSync", "AppData/Local/HiveSync", "AppData/Local/HiveSync/Logs"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/HiveSync", "/l/HiveSync", "/l/HiveSync/Logs"),
    ],
)
def test_folders_follow_the_platform_s_rules(
    platform: str, environ: dict[str, str], config: str, state: str | None, log: str | None
) -> None:
    found = Locations.detect(environ, platform=platform, home=HOME)
    assert found.config == HOME / config
    assert state is None or found.state == HOME / state
    assert log is None or found.log == HOME / log


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_every_folder_can_be_moved(platform: str) -> None:
    environ = {
        "HIVESYNC_RUNTIME_DIR": "/1",
        "HIVESYNC_CONFIG_DIR": "/2",
        "HIVESYNC_STATE_DIR": "/3",
        "HIVESYNC_LOG_DIR": "/4",
    }
    found = Locations.detect(environ, platform=platform, home=HOME)
    assert found == Locations(Path("/1"), Path("/2"), Path("/3"), Path("/4"))
