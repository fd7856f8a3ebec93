"""No operation of the API is missing in the SDK: every method is called, and what it asks for is compared."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from hivesync import Client, Locations, Settings
from hivesync._call import Call
from hivesync._sync._resource import Resource
from hivesync_contract.accounts import ProtectedRequest
from hivesync_contract.attachments import AttachmentCreate
from hivesync_contract.identity import DeviceCode
from hivesync_contract.previews import PreviewCreate, PreviewKind
from hivesync_dev.paths import ROOT

SPEC = ROOT / "plugins_bridge" / "spec" / "openapi"
NOT_OURS = {
    "/api/v1/admin/": "the operator's pages, which the agent does not relay",
    "/api/v1/workers/": "the Worker's, signed with its own secret",
    "/workers/": "the same under its old name",
    "/api/v1/health/": "for monitors: live, ready, deep",
    "/api/v1/events": "client.events()",
    "/api/v1/auth/refresh": "the credential store's own step",
    "/api/v1/auth/logout": "likewise",
    "/v1/events": "client.events()",
    "/v1/openapi.json": "a document for people and generators",
    "/api/v1/{path}": "what is relayed, which is the other document",
    "/": "the proof",
}
OF_THE_STORE = {"out", "access_token", "bearer_token"}
"""Methods of `sign_in` that begin with the credential store."""
SAMPLES: dict[str, Any] = {
    "path": "/tmp/file",
    "to": "/tmp/file",
    "email": "ada@example.org",
    "events": ["*"],
    "edits": [],
    "tags": [],
    "manifest": PreviewCreate(PreviewKind.IMAGE, "a.png", []),
    "request": {},
    "attachment": AttachmentCreate("a", 1, "0" * 64),
    "proof": ProtectedRequest("password"),
    "code": DeviceCode("d", "u", "v", "w", 1, 0),
    "helpful": True,
    "due_at": datetime(2027, 1, 1, tzinfo=UTC),
}


class Asked(BaseException):
    """A call has got as far as the router: nothing in the SDK catches this."""


class Recorder:
    """Stands where the router does, and lets nothing out."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def send(self, call: Call) -> Any:
        self.calls.append(call)
        raise Asked


def operations(name: str) -> set[tuple[str, str]]:
    document = json.loads((SPEC / f"{name}.json").read_text("utf-8"))
    return {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method in ("get", "post", "put", "patch", "delete")
        if not any(
            path == left or (left.endswith("/") and len(left) > 1 and path.startswith(left))
            for left in NOT_OURS
        )
    }


def methods_of(resource: Any) -> Iterator[Any]:
    for name, method in inspect.getmembers(resource, inspect.ismethod):
        if not name.startswith("_") and name not in OF_THE_STORE:
            yield method


def sample(parameter: inspect.Parameter) -> Any:
    return SAMPLES.get(parameter.name, "id-of-" + parameter.name.removesuffix("_id"))


def call(method: Any) -> Any:
    wanted = [
        parameter
        for parameter in inspect.signature(method).parameters.values()
        if parameter.default is inspect.Parameter.empty
    ]
    positional = [sample(each) for each in wanted if each.kind is not inspect.Parameter.KEYWORD_ONLY]
    named = {each.name: sample(each) for each in wanted if each.kind is inspect.Parameter.KEYWORD_ONLY}
    made = method(*positional, **named)
    return next(made) if inspect.isgenerator(made) else made


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """What every method of every resource asks for first."""
    recorder = Recorder()
    client = Client(settings=Settings(), locations=Locations(*(tmp_path / name for name in "abcd")))
    for name in ("send", "send_direct", "send_public"):
        monkeypatch.setattr(client._router, name, recorder.send)
    (tmp_path / "file").write_bytes(b"x")
    monkeypatch.setitem(SAMPLES, "path", tmp_path / "file")
    for method in (client.me, client.health):
        with pytest.raises(Asked):
            call(method)
    members = vars(type(client)).items()
    waiting = [getattr(client, name) for name, member in members if isinstance(member, cached_property)]
    while waiting:
        for method in methods_of(waiting.pop()):
            try:
                made = call(method)
            except Asked:
                continue
            if isinstance(made, Resource):
                waiting.append(made)
    return recorder


def as_pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path)))


def is_asked(operation: tuple[str, str], calls: list[Call]) -> bool:
    method, path = operation
    return any(each.method == method and as_pattern(path).fullmatch(each.path) for each in calls)


@pytest.mark.parametrize("document", ["backend", "agent"])
def test_every_operation_has_its_method(recorder: Recorder, document: str) -> None:
    missing = [each for each in operations(document) if not is_asked(each, recorder.calls)]
    assert sorted(missing) == []


def test_every_method_asks_for_an_operation_that_there_is(recorder: Recorder) -> None:
    known = operations("backend") | operations("agent")
    unknown = {
        (each.method, each.path)
        for each in recorder.calls
        if not any(is_asked(operation, [each]) for operation in known)
    }
    assert unknown == set()
    assert len(recorder.calls) > 120
