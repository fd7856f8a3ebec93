"""The example client with one flaw, named on the command line: the runner must see it.

Run as a program: `bad_client.py FOLDER-OF-THE-EXAMPLE FLAW`.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from typing import Any

sys.path.insert(0, sys.argv[1])
import conformance_driver  # type: ignore[import-not-found]
import hivesync_client as client  # type: ignore[import-not-found]

FLAWS: dict[str, Callable[[], None]] = {}
Discover = client.discover
Connect = client.connect
ThroughAgent = client.through_agent
Headers = client.agent_headers
Decoded = client.decoded


def flaw(spoil: Callable[[], None]) -> Callable[[], None]:
    FLAWS[spoil.__name__.replace("_", "-")] = spoil
    return spoil


def absent(*_: Any) -> Any:
    raise client.Absent("AGENT_ABSENT", "never looked")


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


@flaw
def takes_only_its_own_protocol() -> None:
    def read() -> Any:
        found = Discover()
        return found if found["protocol"] == {"min": 1, "max": 1} else absent()

    client.discover = read


@flaw
def tries_for_ever() -> None:
    def through(found: Any, method: str, path: str, body: Any, key: str) -> Any:
        for _ in range(5):
            status, answer = ThroughAgent(found, method, path, body, key)
            if status < 400 and "code" not in (answer or {}):
                break
        return status, answer

    client.through_agent = through


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
def has_no_patience() -> None:
    def connect(found: dict[str, Any]) -> Any:
        connection = Connect(found)
        connection.sock.settimeout(0.03)
        return connection

    client.connect = connect


@flaw
def reads_only_the_first_piece() -> None:
    client.http.client.HTTPResponse.read = lambda self, size=None: self.read1(size or 65_536)


@flaw
def cleans_texts() -> None:
    def decoded(text: bytes) -> Any:
        return json.loads(text.decode().replace("\\u001b", "")) if text else None

    client.decoded = decoded


@flaw
def takes_half_an_answer() -> None:
    def read(self: Any, *_: Any) -> bytes:
        content = b""
        while len(content) < self.length and (more := self.fp.read1(self.length - len(content))):
            content += more
        self._close_conn()
        return content

    client.http.client.HTTPResponse.read = read


@flaw
def follows_redirects() -> None:
    def through(found: Any, method: str, path: str, body: Any, key: str) -> Any:
        client.connect(found).close()
        url = f"http://127.0.0.1:{found['port']}{client.PREFIX}{path}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return 200, json.load(opener.open(urllib.request.Request(url, headers=Headers(found["token"]))))

    client.through_agent = through


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
def never_reads_the_file_again() -> None:
    read: list[Any] = []

    def discover() -> Any:
        read[:] = read or [Discover()]
        return read[0]

    client.discover = discover
    client.is_replaced = lambda _: False


@flaw
def takes_every_401_for_the_agents() -> None:
    def through(found: Any, *arguments: Any) -> Any:
        status, answer = ThroughAgent(found, *arguments)
        if status == 401:
            raise client.Absent("AGENT_STALE", "refused")
        return status, answer

    client.through_agent = through


@flaw
def hides_errors() -> None:
    def decoded(text: bytes) -> Any:
        answer = Decoded(text)
        return None if isinstance(answer, dict) and "code" in answer else answer

    client.decoded = decoded


@flaw
def gives_up_when_the_agent_dies() -> None:
    def through(*arguments: Any) -> Any:
        try:
            return ThroughAgent(*arguments)
        except client.Absent as exc:
            raise client.Failed(exc.code, str(exc)) from exc

    client.through_agent = through


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


@flaw
def drops_events_that_it_does_not_know() -> None:
    events = client.events
    client.events = lambda: (event for event in events() if event["type"] in ("session.changed", "reset"))


def spoilt_stream(spoil: Callable[[dict[str, Any]], bool]) -> None:
    stream = client.stream

    def spoilt(last_id: str) -> Iterator[dict[str, Any]]:
        return (event for event in stream(last_id) if spoil(event))

    client.stream = spoilt


@flaw
def drops_resets() -> None:
    spoilt_stream(lambda event: event["type"] != "reset")


@flaw
def resumes_at_the_beginning() -> None:
    stream = client.stream
    client.stream = lambda _: stream("")


@flaw
def ends_with_its_first_stream() -> None:
    client.time.sleep = lambda _: threading.Event().wait()


@flaw
def reads_lines_of_data_apart() -> None:
    loads = json.loads
    client.json.loads = lambda text: loads(text.split("\n")[0] if isinstance(text, str) else text)


@flaw
def has_one_connection_for_all() -> None:
    lock = threading.Lock()
    stream, through = client.stream, client.through_agent

    def streaming(last_id: str) -> Iterator[dict[str, Any]]:
        with lock:
            yield from stream(last_id)

    def waiting(*arguments: Any) -> Any:
        with lock:
            return through(*arguments)

    client.stream, client.through_agent = streaming, waiting


if __name__ == "__main__":
    FLAWS[sys.argv[2]]()
    conformance_driver.main()
