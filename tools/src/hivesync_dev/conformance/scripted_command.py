"""The `hivesync` command on the stage: `token`, `api` and `agent`, with the real one's words and exit codes.

Copied into a folder in front of PATH and run by itself: standard library only. It always goes direct.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from typing import Any

_SIGNED_OUT, _OFFLINE = 3, 4
_BUSY_TRIES = 20
_BUSY_PAUSE_SECONDS = 0.3


def main(words: list[str]) -> int:
    """Do what the words say."""
    with open(os.environ["HIVESYNC_CONFORMANCE_TOKEN_FILE"], encoding="ascii") as file:
        token = file.read()
    if not token:
        return _fail("AUTH_REQUIRED", "You are not signed in; run `hivesync login`.", _SIGNED_OUT)
    if words[:1] == ["token"]:
        lasting = {"access_token": token, "expires_in": 600, "token_type": "Bearer"}
        print(json.dumps(lasting) if "--json" in words else token)
        return 0
    if words[:1] == ["api"]:
        return _call(token, *_parsed(words[1:]))
    return _fail("UPSTREAM_UNREACHABLE", "The agent does not run.", _OFFLINE)


def _call(token: str, options: dict[str, str], places: list[str]) -> int:
    method, path = places
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    if key := options.get("--key"):
        headers["Idempotency-Key"] = key
    body = _body(options["--data"]) if "--data" in options else None
    if body is not None:
        headers["Content-Type"] = "application/json"
    url = os.environ["HIVESYNC_SERVER_URL"] + (path if path.startswith("/") else f"/api/v1/{path}")
    request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310 - the stage's backend
    try:
        status, answered, content = _settled(request)
    except OSError as failure:
        return _fail("UPSTREAM_UNREACHABLE", f"The backend can't be reached: {failure}.", _OFFLINE)
    if "--include" in options:
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in answered.items()), "", ""]
        content = "\r\n".join(lines).encode("latin-1", "replace") + content
    sys.stdout.buffer.write(content)
    return 0 if status < 400 or "--include" in options else 1


def _settled(request: urllib.request.Request) -> tuple[int, dict[str, str], bytes]:
    """Ask again under the same key while an earlier try is still being done, as the real command does."""
    for _ in range(_BUSY_TRIES):
        status, headers, content = _answered(request)
        if status != 409 or "Retry-After" not in headers:
            break
        time.sleep(_BUSY_PAUSE_SECONDS)
    return status, headers, content


def _answered(request: urllib.request.Request) -> tuple[int, dict[str, str], bytes]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
    try:
        with opener.open(request, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, dict(refusal.headers), refusal.read()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _parsed(words: list[str]) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    places: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in ("--json", "--include"):
            options[word] = ""
        elif word in ("--data", "--key", "--profile"):
            options[word] = rest.pop(0)
        else:
            places.append(word)
    return options, places


def _body(data: str) -> bytes:
    if data == "-":
        return sys.stdin.buffer.read()
    if data.startswith("@"):
        with open(data[1:], "rb") as file:
            return file.read()
    return data.encode()


def _fail(code: str, detail: str, exit_code: int) -> int:
    if "--json" in sys.argv:
        print(json.dumps({"title": "Error", "status": 401, "code": code, "detail": detail}))
    else:
        print(f"{detail}\ncode: {code}", file=sys.stderr)
    return exit_code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
