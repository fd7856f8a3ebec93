"""What a manifest may say. Everything in it comes from a client that anyone could have written."""

from __future__ import annotations

from typing import Any

import pytest
from hivesync_dev.servers.backend_user import SOURCE, BackendUser, manifest
from hivesync_server.previews.paths import checked_path
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.any_database

BAD_PATHS = [
    "",
    "/etc/passwd",
    "../up",
    "a/../../up",
    "a/./b",
    "a//b",
    "a/",
    "a\\b",
    "C:/x",
    "c:",
    "nul\0",
    "line\nbreak",
    "del\x7f",
    "cafe\u0301.ts",  # NFD
    "\ud800",
    "x" * 1025,
]


@pytest.mark.parametrize("path", BAD_PATHS)
def test_a_dangerous_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="must"):
        checked_path(path)


@pytest.mark.parametrize(
    "path", ["a", "src/App.tsx", "caf\u00e9/ü.ts", ".github/x", "a b/(c)/[d].ts", "..a/b.."]
)
def test_a_usual_path_is_taken(path: str) -> None:
    assert checked_path(path) == path


@given(st.text(max_size=60))
def test_whatever_is_taken_stays_below_its_root(path: str) -> None:
    try:
        checked_path(path)
    except ValueError:
        return
    assert not path.startswith("/")
    assert ".." not in path.split("/")
    assert "\0" not in path


BODIES: dict[str, dict[str, Any]] = {
    "a link that leads out": {"links": {"node_modules/a": "../a"}},
    "a link from an absolute path": {"links": {"/node_modules/a": "a"}},
    "links that are no paths": {"links": {"node_modules/a": 1}},
    "a narrowed module above the root": {"narrowed": {"../a.js": {}}},
    "an exported name that is code": {"narrowed": {"a.js": {"a }; alert(1); {": None}}},
    "a name's origin with another field": {"narrowed": {"a.js": {"a": {"source": "b", "name": "c", "x": 1}}}},
    "a name at its origin that is code": {"narrowed": {"a.js": {"a": {"source": "b", "name": "c d"}}}},
    "a path above the root": {"files": [{"path": "../a", "size": 1, "sha256": "0" * 64}]},
    "an entry above the root": {"entry": "../a"},
    "an entry that is not listed": {"entry": "other.html"},
    "no files": {"files": []},
    "a path twice": {"files": [{"path": "index.html", "size": 1, "sha256": "0" * 64}] * 2},
    "a negative size": {"files": [{"path": "index.html", "size": -1, "sha256": "0" * 64}]},
    "a size as text": {"files": [{"path": "index.html", "size": "1", "sha256": "0" * 64}]},
    "a broken size": {"files": [{"path": "index.html", "size": 1.5, "sha256": "0" * 64}]},
    "a hash that is none": {"files": [{"path": "index.html", "size": 1, "sha256": "../../x"}]},
    "a hash in upper case": {"files": [{"path": "index.html", "size": 1, "sha256": "A" * 64}]},
    "an unknown field in a file": {"files": [{"path": "index.html", "size": 1, "sha256": "0" * 64, "x": 1}]},
    "a hash of two sizes": {
        "files": [
            {"path": "index.html", "size": 1, "sha256": "0" * 64},
            {"path": "b", "size": 2, "sha256": "0" * 64},
        ]
    },
    "an unknown kind": {"kind": "flutter"},
    "an unknown platform": {"platform": "symbian"},
    "a private variable": {"env": {"API_SECRET": "x"}},
    "a variable with a line break in its name": {"env": {"VITE_A\nB": "x"}},
    "an unknown field": {"tier": "premium"},
    "a version of its own choice": {"version": 7},
    "a title of two lines": {"title": "a\nb"},
}


@pytest.mark.parametrize("what", BODIES)
async def test_a_senseless_manifest_is_refused(ann: BackendUser, what: str) -> None:
    path = f"/api/v1/projects/{await ann.project()}/previews"
    answer = await ann.client.post(path, json=manifest(SOURCE, **BODIES[what]))
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert (await ann.client.get(path)).json()["items"] == []


async def test_public_variables_reach_the_manifest(ann: BackendUser) -> None:
    path = f"/api/v1/projects/{await ann.project()}/previews"
    env = {"VITE_TITLE": "x", "EXPO_PUBLIC_URL": "https://x.example"}
    assert (await ann.client.post(path, json=manifest(SOURCE, env=env))).status_code == 201


async def test_names_that_differ_in_case_are_two_files(ann: BackendUser) -> None:
    files = {"a.ts": b"1", "A.ts": b"2"}
    path = f"/api/v1/projects/{await ann.project()}/previews"
    assert (await ann.client.post(path, json=manifest(files))).status_code == 201


async def test_five_thousand_files_with_long_names_fit(ann: BackendUser) -> None:
    files = [{"path": f"{'d' * 250}/{number}.png", "size": 1, "sha256": "0" * 64} for number in range(5000)]
    body = manifest(SOURCE, entry=files[0]["path"], files=files)
    path = f"/api/v1/projects/{await ann.project()}/previews"
    assert (await ann.client.post(path, json=body)).status_code == 201
    body["files"].append({"path": "one-more", "size": 1, "sha256": "0" * 64})
    assert (await ann.client.post(path, json=body)).status_code == 422
