"""Editors that are connected to an agent: each follows its events and keeps a connection for calls open."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse

from hivesync_contract import headers
from hivesync_contract.discovery import API_PREFIX, DiscoveryFile

NAMES = ("vscode", "jetbrains", "nvim", "sublime")


@contextlib.contextmanager
def connected_editors(discovery: DiscoveryFile) -> Iterator[None]:
    """Connect one editor of each kind, as the plugins do, until the end of the block."""
    with contextlib.ExitStack() as stack:
        for name in NAMES:
            sent = {"Authorization": f"Bearer {discovery.token}", headers.CLIENT: f"{name}/1.0.0"}
            events = _call(stack, discovery, "/v1/events", sent)
            if events.readline() != b": hivesync\n":
                raise RuntimeError("the event stream does not begin as it should")
            _call(stack, discovery, "/v1/status", sent).read()
        yield


def _call(
    stack: contextlib.ExitStack, discovery: DiscoveryFile, path: str, sent: dict[str, str]
) -> HTTPResponse:
    connection = stack.enter_context(contextlib.closing(HTTPConnection("127.0.0.1", discovery.port)))
    connection.request("GET", API_PREFIX + path, headers=sent)
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return answer
