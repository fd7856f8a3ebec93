"""Flaws in how the agent is found: what is believed of the discovery file, and when it is read."""

from __future__ import annotations

import json
from typing import Any

import hivesync_client as client  # type: ignore[import-not-found]

from tests.conformance.bad_client.flaws import Connect, Discover, ThroughAgent, absent, flaw


@flaw
def never_uses_the_agent() -> None:
    client.discover = absent


@flaw
def never_goes_direct() -> None:
    def fail(*arguments: Any) -> Any:
        raise arguments[-1]

    client.direct = fail


@flaw
def gives_no_reason() -> None:
    client.mode = lambda: ("direct", "")


@flaw
def believes_any_file() -> None:
    def read() -> Any:
        return json.loads(client.discovery_path().read_bytes())

    def connect(found: dict[str, Any]) -> Any:
        return Connect({**found, "port": int(found["port"]), "token": found["token"]})

    client.discover, client.connect = read, connect


@flaw
def believes_the_url() -> None:
    def connect(found: dict[str, Any]) -> Any:
        return Connect({**found, "port": int(found["url"].split(":")[2].split("/")[0])})

    client.connect = connect


@flaw
def refuses_what_it_does_not_know() -> None:
    known = {"schema", "pid", "port", "url", "token", "instance_id", "version", "protocol", "profile"}
    known |= {"started_at", "server_url", "forwarded_from"}

    def read() -> Any:
        found = Discover()
        return found if set(found) <= known else absent()

    client.discover = read


@flaw
def takes_only_its_own_protocol() -> None:
    def read() -> Any:
        found = Discover()
        return found if found["protocol"] == {"min": 1, "max": 1} else absent()

    client.discover = read


@flaw
def never_reads_the_file_again() -> None:
    read: list[Any] = []

    def discover() -> Any:
        read[:] = read or [Discover()]
        return read[0]

    client.discover = discover
    client.is_replaced = lambda _: False


@flaw
def stays_direct() -> None:
    gone: list[bool] = []

    def discover() -> Any:
        if gone:
            absent()
        try:
            return Discover()
        except client.Absent:
            gone.append(True)
            raise

    client.discover = discover


@flaw
def gives_up_when_the_agent_dies() -> None:
    def through(*arguments: Any) -> Any:
        try:
            return ThroughAgent(*arguments)
        except client.Absent as exc:
            raise client.Failed(exc.code, str(exc)) from exc

    client.through_agent = through
