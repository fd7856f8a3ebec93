"""Flaws in what a call sends: headers, body, query, keys, and where the token goes."""

from __future__ import annotations

import sys
import threading
import uuid
from typing import Any

import conformance_driver  # type: ignore[import-not-found]
import hivesync_client as client  # type: ignore[import-not-found]

from tests.conformance.bad_client.flaws import Headers, ThroughAgent, flaw


@flaw
def sends_what_browsers_send() -> None:
    client.agent_headers = lambda token: {**Headers(token), "Sec-Fetch-Mode": "cors"}


@flaw
def says_not_who_it_is() -> None:
    def headers(token: str) -> Any:
        return {**Headers(token), "X-HiveSync-Client": "me"}

    client.agent_headers = headers


@flaw
def sends_its_body_as_a_form() -> None:
    def through(found: Any, method: str, path: str, body: Any, key: str) -> Any:
        return ThroughAgent(found, method, path, str(body), key)

    client.through_agent = through


@flaw
def posts_everything() -> None:
    def through(found: Any, method: str, path: str, body: Any, key: str) -> Any:
        return ThroughAgent(found, "POST" if method != "GET" else method, path, body, key)

    client.through_agent = through


@flaw
def puts_the_query_right() -> None:
    def through(found: Any, method: str, path: str, body: Any, key: str) -> Any:
        return ThroughAgent(found, method, path.replace("%20", "+"), body, key)

    client.through_agent = through


@flaw
def has_one_key() -> None:
    fixed = uuid.uuid4()
    client.uuid.uuid4 = lambda: fixed


@flaw
def has_a_new_key_for_each_try() -> None:
    def through(found: Any, method: str, path: str, body: Any, key: str) -> Any:
        return ThroughAgent(found, method, path, body, str(uuid.uuid1()))

    client.through_agent = through


@flaw
def does_one_thing_at_a_time() -> None:
    class Blocking(threading.Thread):
        def start(self) -> None:
            self.run()

    conformance_driver.threading.Thread = Blocking


@flaw
def shows_its_token_to_all_users() -> None:
    def through(found: Any, *arguments: Any) -> Any:
        client.subprocess.run([sys.executable, "-ISc", "import time; time.sleep(0.1)", found["token"]])
        return ThroughAgent(found, *arguments)

    client.through_agent = through


@flaw
def keeps_its_token_in_a_file() -> None:
    def headers(token: str) -> Any:
        with open("cache.txt", "w", encoding="ascii") as file:
            file.write(token)
        return Headers(token)

    client.agent_headers = headers


@flaw
def tries_for_ever() -> None:
    def through(found: Any, method: str, path: str, body: Any, key: str) -> Any:
        for _ in range(5):
            status, answer = ThroughAgent(found, method, path, body, key)
            if status < 400 and "code" not in (answer or {}):
                break
        return status, answer

    client.through_agent = through
