"""Flaws in the proof: what is sent on which connection, and before what."""

from __future__ import annotations

import http.client
from typing import Any

import hivesync_client as client  # type: ignore[import-not-found]

from tests.conformance.bad_client.flaws import Connect, flaw


def unproven(found: dict[str, Any]) -> Any:
    return http.client.HTTPConnection("127.0.0.1", found["port"], timeout=20)


@flaw
def asks_for_no_proof() -> None:
    client.connect = unproven


@flaw
def proves_only_the_first_connection() -> None:
    proven: list[Any] = []

    def connect(found: dict[str, Any]) -> Any:
        if proven:
            return unproven(found)
        proven.append(Connect(found))
        return proven[0]

    client.connect = connect


@flaw
def proves_on_another_connection() -> None:
    def connect(found: dict[str, Any]) -> Any:
        Connect(found).close()
        return unproven(found)

    client.connect = connect


@flaw
def keeps_a_dead_connection() -> None:
    kept: list[Any] = []

    def connect(found: dict[str, Any]) -> Any:
        if not kept:
            kept.append(Connect(found))
            kept[0].close = lambda: None
        return kept[0]

    client.connect = connect


@flaw
def takes_any_proof() -> None:
    client.hmac.compare_digest = lambda *_: True


@flaw
def uses_one_nonce() -> None:
    client.secrets.token_hex = lambda count: "ab" * count


@flaw
def waits_for_silence() -> None:
    connection = http.client.HTTPConnection

    class Patient(connection):  # type: ignore[valid-type, misc]
        def __init__(self, host: str, port: int, **_: Any) -> None:
            super().__init__(host, port, timeout=60)

    client.http.client.HTTPConnection = Patient
