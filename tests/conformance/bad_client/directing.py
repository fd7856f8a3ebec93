"""Flaws of the way without an agent."""

from __future__ import annotations

import json
import os
import urllib.request
import uuid
from typing import Any

import hivesync_client as client  # type: ignore[import-not-found]

from tests.conformance.bad_client.flaws import flaw


@flaw
def follows_redirects_of_the_backend() -> None:
    def direct(method: str, path: str, *_: Any) -> Any:
        token = client.hivesync(["token"]).stdout.decode().strip()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        url = os.environ["HIVESYNC_SERVER_URL"] + path
        bearer = {"Authorization": f"Bearer {token}"}
        return 200, json.load(opener.open(urllib.request.Request(url, headers=bearer)))  # noqa: S310

    client.direct = direct


@flaw
def forgets_the_key_when_direct() -> None:
    direct = client.direct
    client.direct = lambda method, path, body, _, absent: direct(
        method, path, body, str(uuid.uuid1()), absent
    )


@flaw
def sends_no_key_when_direct() -> None:
    hivesync = client.hivesync

    def keyless(words: list[str], content: bytes | None = None) -> Any:
        at = words.index("--key") if "--key" in words else len(words)
        return hivesync([*words[:at], *words[at + 2 :]], content)

    client.hivesync = keyless


@flaw
def keeps_a_token_that_has_run_out() -> None:
    run = client.hivesync
    stale = open(os.environ["HIVESYNC_CONFORMANCE_TOKEN_FILE"], encoding="ascii").read()  # noqa: SIM115
    kept = os.path.abspath("kept-token")

    def hivesync(*arguments: Any) -> Any:
        with open(kept, "w", encoding="ascii") as file:
            file.write(stale)
        os.environ["HIVESYNC_CONFORMANCE_TOKEN_FILE"] = kept
        return run(*arguments)

    client.hivesync = hivesync


@flaw
def asks_the_backend_for_what_is_local() -> None:
    direct = client.direct
    client.direct = lambda method, path, *rest: direct(
        method, path if path.startswith("/api/") else f"/api{path}", *rest
    )


@flaw
def dies_of_an_error() -> None:
    hivesync = client.hivesync

    def or_die(*arguments: Any) -> Any:
        done = hivesync(*arguments)
        if done.returncode != 0:
            os._exit(1)
        return done

    client.hivesync = or_die
