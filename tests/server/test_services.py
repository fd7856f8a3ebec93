"""Services of a request: built once, whoever asks for them, and anew when the request begins again."""

from __future__ import annotations

from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI
from hivesync_server import services
from hivesync_server.services import service
from starlette.requests import HTTPConnection

_built: list[str] = []


async def _pen(connection: HTTPConnection) -> str:
    _built.append("pen")
    return f"pen of {connection.url.path}"


PenDep = Annotated[str, service(_pen)]


async def _letter(pen: PenDep) -> str:
    _built.append("letter")
    return f"letter by {pen}"


async def _stamp(pen: PenDep) -> str:
    return f"stamp beside {pen}"


LetterDep = Annotated[str, service(_letter)]
StampDep = Annotated[str, service(_stamp)]


async def test_what_services_share_is_built_once_per_request_and_anew_after_it_is_forgotten() -> None:
    app = FastAPI()

    async def begun_again(connection: HTTPConnection, letter: LetterDep) -> list[str]:
        services.forget(connection)
        return [letter, await _named(LetterDep)(connection)]

    @app.get("/desk")
    async def desk(letter: LetterDep, stamp: StampDep, pen: PenDep) -> list[str]:
        return [letter, stamp, pen]

    app.get("/again")(begun_again)
    _built.clear()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        for _ in range(2):
            letter, pen = "letter by pen of /desk", "pen of /desk"
            assert (await client.get("/desk")).json() == [letter, f"stamp beside {pen}", pen]
        assert _built == ["pen", "letter"] * 2
        _built.clear()
        assert (await client.get("/again")).json() == ["letter by pen of /again"] * 2
        assert _built == ["pen", "letter"] * 2


def test_a_service_takes_nothing_but_services_and_the_connection() -> None:
    async def other() -> str:
        return "an ordinary dependency"

    async def refused(thing: Annotated[str, Depends(other)]) -> str:
        return thing

    refused.__annotations__ = {"thing": Annotated[str, Depends(other)], "return": str}
    with pytest.raises(TypeError, match="is no service"):
        service(refused)


def _named(hint: object) -> services.Service:
    (mark,) = hint.__metadata__  # type: ignore[attr-defined]
    assert isinstance(mark.dependency, services.Service)
    return mark.dependency
