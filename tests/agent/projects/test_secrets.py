"""What never leaves the machine, and what of an env file may."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hivesync_agent.projects.scan import Scanner
from hivesync_agent.projects.secrets import is_secret, public_env
from hivesync_dev.project_files import write_files
from hypothesis import given
from hypothesis import strategies as st

SECRET = [
    *(".env", ".env.local", ".env.production", "prod.env", ".ENV", "src/.Env.Local", ".dev.vars", ".envrc"),
    *(
        "server.pem",
        "tls/private.key",
        "id_rsa",
        "id_ed25519.bak",
        "release.keystore",
        "upload.jks",
        "apple.p8",
    ),
    *("cert.p12", "cert.pfx", ".npmrc", ".netrc", ".pypirc", ".git-credentials", "credentials.json"),
    *("google-services.json", "GoogleService-Info.plist", "my-service-account.json", "app-credentials.json"),
    *("client_secret_123.json", "x-firebase-adminsdk-ab.json", "secrets.yaml", ".ssh/config", ".aws/x.json"),
    *("terraform.tfstate", "prod.tfvars", "deep/.SSH/known"),
]
ORDINARY = [
    "key.ts",
    "src/keys.tsx",
    "environment.ts",
    "env.d.ts",
    "monkey.png",
    "secrets.ts",
    "pem.js",
    "app.json",
]


@pytest.mark.parametrize("path", SECRET)
def test_a_name_that_says_secret_is_one(path: str) -> None:
    assert is_secret(path)


@pytest.mark.parametrize("path", ORDINARY)
def test_source_code_is_none(path: str) -> None:
    assert not is_secret(path)


@given(name=st.sampled_from(SECRET), folder=st.sampled_from(["", "a/", "src/deep/"]), flips=st.integers(0))
def test_case_and_depth_hide_no_secret(name: str, folder: str, flips: int) -> None:
    flipped = "".join(each.upper() if flips >> index & 1 else each.lower() for index, each in enumerate(name))
    assert is_secret(folder + flipped)


@pytest.fixture
def web(project: Path) -> Path:
    return write_files(project, {"package.json": "{}", "index.html": ""})


def paths_and_skipped(scanner: Scanner, project: Path) -> tuple[set[str], tuple[str, ...]]:
    snapshot = scanner.snapshot(scanner.find(str(project), None))
    return {file.entry.path for file in snapshot.files}, snapshot.skipped


def test_secrets_are_left_out_and_named(scanner: Scanner, web: Path) -> None:
    write_files(
        web, {".env": "A=1", "src/tls.key": "x", ".aws/credentials": "x", "google-services.json": "{}"}
    )
    paths, skipped = paths_and_skipped(scanner, web)
    assert paths == {"package.json", "index.html"}
    assert skipped == (".aws/", ".env", "google-services.json", "src/tls.key")


def test_a_private_key_in_a_data_file_is_found_by_its_content(scanner: Scanner, web: Path) -> None:
    key = "-----BEGIN PRIVATE KEY-----\\nMIIE"
    write_files(
        web, {"config/firebase.json": {"private_key": key}, "src/pem.ts": f"export const m = '{key}'"}
    )
    paths, skipped = paths_and_skipped(scanner, web)
    assert "config/firebase.json" in skipped
    assert "src/pem.ts" in paths
    # Again, now that the digest cache knows the file.
    assert paths_and_skipped(scanner, web) == (paths, skipped)


@pytest.mark.parametrize("target", [".env", ".git/config", "node_modules/x/a.json"])
def test_a_link_with_a_harmless_name_is_judged_by_its_target(
    scanner: Scanner, web: Path, target: str
) -> None:
    write_files(web, {target: "canary", "public/a.txt": "fine"})
    (web / "public" / "data.json").symlink_to(web / target)
    assert "public/data.json" not in paths_and_skipped(scanner, web)[0]


def test_only_public_values_of_env_files_are_taken(scanner: Scanner, web: Path) -> None:
    write_files(
        web,
        {
            ".env": "VITE_API=https://a\nSECRET=canary\nEXPO_PUBLIC_NAME='Shop app'\n"
            "VITEX=no\nexport VITE_X=1",
            "src/.env": "VITE_NESTED=no",
        },
    )
    snapshot = scanner.snapshot(scanner.find(str(web), None))
    assert snapshot.env == {"EXPO_PUBLIC_NAME": "Shop app", "VITE_API": "https://a", "VITE_X": "1"}


def test_later_env_files_win_in_vites_order(web: Path) -> None:
    names = [".env", ".env.local", ".env.development", ".env.development.local", ".env.production"]
    write_files(web, {name: f"VITE_{index}=own\nVITE_ALL={name}" for index, name in enumerate(names)})
    env = public_env(web)
    assert env["VITE_ALL"] == ".env.development.local"
    assert sorted(env) == ["VITE_0", "VITE_1", "VITE_2", "VITE_3", "VITE_ALL"]


def test_a_public_value_pulls_no_secret_in(web: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FROM_PROCESS", "canary")
    write_files(web, {".env": "SECRET=canary\nVITE_A=x-${SECRET}\nVITE_B=$SECRET ${FROM_PROCESS}"})
    assert "canary" not in str(public_env(web))


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"VITE_A", b"=x\nVITE_=\nVITE_A=" + b"x" * 5000, b"VITE_A='\x00'", b"'"]
)
def test_an_odd_env_file_gives_nothing_that_the_backend_refuses(web: Path, content: bytes) -> None:
    write_files(web, {".env": content})
    assert all(len(value) <= 4096 and "\0" not in value for value in public_env(web).values())


def test_an_env_file_that_is_a_link_out_or_a_pipe_is_not_read(web: Path, home: Path) -> None:
    write_files(home, {"outside": "VITE_CANARY=1"})
    (web / ".env").symlink_to(home / "outside")
    os.mkfifo(web / ".env.local")
    assert public_env(web) == {}
