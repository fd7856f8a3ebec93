"""A support bundle says what is inside, and holds no secret, with an agent and without one."""

from __future__ import annotations

import asyncio
import hashlib
import json
import stat
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hivesync_agent.log import redact, tail
from hivesync_agent.support.facts import address
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD
from hivesync_dev.servers.upstream_backend import UpstreamBackend

PROXY_PASSWORD = "hunter2-proxy"
API_KEY = "hs_" + "k" * 40
ENV_VALUE = "value-of-an-env-file"


@pytest.fixture
async def machine(tmp_path: Path, backend: UpstreamBackend) -> AsyncIterator[CommandLine]:
    """A machine with secrets of every kind, whose user is signed in."""
    line = CommandLine(tmp_path, backend.url, {"HTTPS_PROXY": f"http://ada:{PROXY_PASSWORD}@proxy:3128"})
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / ".env").write_text(f"SECRET={ENV_VALUE}\n")
    (tmp_path / "app" / "package.json").write_text("{}")
    yield line
    await line.run("agent", "stop")


def opened(path: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Give manifest and files of a bundle; the manifest is right about each of them."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    assert {file["name"] for file in manifest["files"]} == set(files)
    for file in manifest["files"]:
        content = files[file["name"]]
        assert file["purpose"]
        assert (file["size_bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    return manifest, files


def plant(machine: CommandLine, secrets: list[str]) -> None:
    """Write every secret into the log, as an older release or a library might have."""
    log = machine.locations.agent_log("default")
    log.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"Authorization: Bearer {secret}" for secret in secrets]
    lines += [
        f"mail to {EMAIL}",
        f"via http://ada:{PROXY_PASSWORD}@proxy:3128",
        f"GET https://x.example/?q={ENV_VALUE}",
        f'{{"password": "{PASSWORD}"}}',
    ]
    with log.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)


async def test_with_an_agent_everything_is_there_but_the_secrets(
    machine: CommandLine, backend: UpstreamBackend, tmp_path: Path
) -> None:
    assert (await machine.run("agent", "start")).code == 0
    signed_in = await machine.run("login", "--email", EMAIL, "--password-stdin", stdin=PASSWORD)
    assert signed_in.code == 0, signed_in.err
    await machine.run("preview", str(tmp_path / "app"))
    token = json.loads(machine.locations.discovery_file("default").read_bytes())["token"]
    secrets = [token, API_KEY, *backend.identity.issued]
    plant(machine, secrets)
    outcome = await machine.run("support-bundle", "--json")
    assert outcome.code == 0, outcome.err
    bundle = outcome.json()
    manifest, files = opened(bundle["path"])
    assert manifest["made_by"] == bundle["made_by"] == "agent"
    assert {*files} >= {
        *("versions.json", "settings.json", "doctor.json", "status.json", "events.json", "agent.log"),
        "operations.json",
    }
    assert json.loads(files["status.json"])["signed_in"] is True
    assert "session.changed" in json.loads(files["events.json"])
    assert b"agent started" in files["agent.log"]
    assert json.loads(files["operations.json"]) == {"waiting": 0, "conflicts": 0}
    everything = b"".join(files.values()) + json.dumps(manifest).encode()
    for secret in (*secrets, EMAIL, PASSWORD, PROXY_PASSWORD, ENV_VALUE):
        assert secret.encode() not in everything, secret


async def test_without_an_agent_it_is_made_from_the_files_and_says_so(
    machine: CommandLine, tmp_path: Path
) -> None:
    machine.environ["HIVESYNC_TOKEN"] = API_KEY
    plant(machine, [API_KEY])
    target = tmp_path / "mine.zip"
    outcome = await machine.run("support-bundle", "--output", str(target), "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.json()["path"] == str(target)
    manifest, files = opened(str(target))
    assert manifest["made_by"] == "command"
    assert "without the agent" in manifest["note"]
    settings = json.loads(files["settings.json"])
    assert settings["api_key"] == "set"
    assert settings["environment"]["HTTPS_PROXY"] == "http://proxy:3128 (with credentials)"
    everything = b"".join(files.values())
    for secret in (API_KEY, EMAIL, PASSWORD, PROXY_PASSWORD, ENV_VALUE):
        assert secret.encode() not in everything, secret
    again = await machine.run("support-bundle", "--output", str(target))
    assert (again.code, f"{target} is there already. The bundle stays at " in again.err) == (1, True)
    nowhere = await machine.run("support-bundle", "--output", str(tmp_path / "no" / "mine.zip"))
    assert (nowhere.code, "can't be written (No such file or directory)" in nowhere.err) == (1, True)
    if sys.platform != "win32":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


async def test_only_the_last_few_are_kept_and_for_this_user_alone(machine: CommandLine) -> None:
    await asyncio.gather(*(machine.run("support-bundle") for _ in range(4)))
    assert (await machine.run("support-bundle")).code == 0
    folder = machine.locations.state / "support"
    kept = list(folder.iterdir())
    assert len(kept) == 3
    if sys.platform != "win32":
        assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "value", ["http://ada:p@ss@proxy:3128", "http://ada@proxy", "https://u:p@[::1]:8080"]
)
def test_no_part_of_an_addresses_credentials_is_shown(value: str) -> None:
    assert "with credentials" in address(value)
    for shown in (address(value), redact(f"via {value} failed")):
        assert "ada" not in shown
        assert "ss@" not in shown.replace("[secret]@", "")
    assert address("not an address") == "[not an address]"


def test_a_secret_that_the_tail_cuts_in_two_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "agent.log"
    path.write_text("x" * 1_000 + " Bearer " + "s" * 43 + "\n" + "y" * 350 + "\nlast\n")
    assert tail(path, 1) == ["last"]
    assert "sss" not in "".join(tail(path, 3))
