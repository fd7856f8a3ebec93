"""The discovery file's model takes what an agent writes and refuses everything else, in words."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hivesync_contract.discovery import (
    DiscoveryFile,
    DiscoveryInvalid,
    ProtocolRange,
    check_profile,
    discovery_name,
    local_url,
    lock_name,
    profile_of,
    runtime_dir,
)
from hypothesis import given
from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
HOME = Path("/home/ada")


def written(**changes: Any) -> dict[str, Any]:
    file = DiscoveryFile(
        pid=4711,
        port=49152,
        url=local_url(49152),
        token=secrets.token_urlsafe(32),
        instance_id="i1",
        version="0.1.0",
        protocol=ProtocolRange(1, 1),
        profile="default",
        started_at="2026-11-23T10:00:00Z",
    )
    data: dict[str, Any] = json.loads(json.dumps(asdict(file)))
    return {**data, **changes}


def test_what_an_agent_writes_is_read_back() -> None:
    data = written()
    assert asdict(DiscoveryFile.from_json(data)) == data


def test_a_field_of_a_later_release_is_no_reason_to_refuse() -> None:
    assert DiscoveryFile.from_json(written(colour="green")).port == 49152


def test_the_address_comes_from_the_port_and_never_from_the_file() -> None:
    file = DiscoveryFile.from_json(written(url="http://evil.example/hivesync-desktop-api"))
    assert file.url == "http://127.0.0.1:49152/hivesync-desktop-api"


@pytest.mark.parametrize("field", sorted(written()))
def test_a_missing_field_is_named(field: str) -> None:
    data = written()
    del data[field]
    if field in ("url", "server_url", "forwarded_from"):
        assert DiscoveryFile.from_json(data)
        return
    with pytest.raises(DiscoveryInvalid, match=rf"{field}|malformed"):
        DiscoveryFile.from_json(data)


@pytest.mark.parametrize(
    "change",
    [
        {"port": 0},
        {"port": 65536},
        {"port": -1},
        {"port": "49152"},
        {"port": True},
        {"port": 49152.0},
        {"token": ""},
        {"token": "x" * 42},
        {"token": "x" * 44},
        {"token": "x" * 42 + "\n"},
        {"token": "x" * 43 + "\n"},
        {"token": "x" * 42 + "/"},
        {"token": 1},
        {"schema": 2},
        {"schema": "1"},
        {"protocol": [1, 1]},
        {"protocol": {"min": 1}},
        {"pid": None},
    ],
    ids=str,
)
def test_a_wrong_field_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(DiscoveryInvalid):
        DiscoveryFile.from_json(written(**change))


@given(JSON)
def test_any_other_json_is_refused_and_never_breaks_the_reader(data: Any) -> None:
    with pytest.raises(DiscoveryInvalid):
        DiscoveryFile.from_json(data)


@given(field=st.sampled_from(sorted(written())), value=JSON)
def test_any_value_in_any_field_is_taken_or_refused(field: str, value: Any) -> None:
    try:
        file = DiscoveryFile.from_json(written(**{field: value}))
    except DiscoveryInvalid:
        return
    assert 0 < file.port < 65536
    assert file.url == local_url(file.port)


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"XDG_RUNTIME_DIR": "/run/user/1000"}, "/run/user/1000/hivesync"),
        ("linux", {}, "/home/ada/.local/state/hivesync/run"),
        ("linux", {"XDG_RUNTIME_DIR": ""}, "/home/ada/.local/state/hivesync/run"),
        ("darwin", {"XDG_RUNTIME_DIR": "/x"}, "/home/ada/Library/Application Support/HiveSync/run"),
        ("win32", {"LOCALAPPDATA": "/users/ada/local"}, "/users/ada/local/HiveSync/run"),
        ("win32", {}, "/home/ada/AppData/Local/HiveSync/run"),
        ("linux", {"HIVESYNC_RUNTIME_DIR": "/somewhere", "XDG_RUNTIME_DIR": "/x"}, "/somewhere"),
    ],
)
def test_the_folder_follows_the_platform_s_rules(
    platform: str, environ: dict[str, str], expected: str
) -> None:
    assert runtime_dir(platform, environ, HOME) == Path(expected)


def test_profiles_have_files_of_their_own() -> None:
    assert discovery_name("default") == "desktop-agent.json"
    assert discovery_name("work") == "desktop-agent.work.json"
    assert lock_name("default") == "desktop-agent.lock"
    assert lock_name("work") == "desktop-agent.work.lock"


@pytest.mark.parametrize("profile", ["", ".", "..", "a/b", "a\\b", "A", "a.b", "-a", "a\n", "é", "x" * 33])
def test_a_profile_that_could_leave_the_folder_is_refused(profile: str) -> None:
    with pytest.raises(ValueError, match="profile"):
        check_profile(profile)


@pytest.mark.parametrize("profile", ["con", "nul", "com1", "lpt9"])
def test_a_device_of_windows_is_no_profile(profile: str) -> None:
    with pytest.raises(ValueError, match="device"):
        check_profile(profile)


@pytest.mark.parametrize("profile", ["default", "work", "a-b_c", "lock"])
def test_a_discovery_file_s_name_tells_its_profile(profile: str) -> None:
    assert profile_of(discovery_name(profile)) == profile


@pytest.mark.parametrize(
    "name",
    [
        "desktop-agent.lock",
        "desktop-agent..json",
        "desktop-agent.a.b.json",
        "desktop-agentwork.json",
        "x.json",
    ],
)
def test_other_files_belong_to_no_profile(name: str) -> None:
    assert profile_of(name) is None
