"""What listens on the agent's port must prove itself on every connection before it sees the token."""

from __future__ import annotations

import json
import time

from hivesync_contract.signing import agent_proof

from hivesync_dev.conformance.agent import StagedAgent
from hivesync_dev.conformance.expectation import expect, expect_equal
from hivesync_dev.conformance.scenario import Chapter
from hivesync_dev.conformance.scenarios.play import (
    OF_BACKEND,
    PROJECTS,
    agent_and_client,
    answer_apart,
    expect_answer,
    expect_direct,
    expect_mode,
    expect_through_agent,
)
from hivesync_dev.conformance.stage import Stage
from hivesync_dev.servers.impostor import Impostor, http_answer

CHAPTER = Chapter("proof")
_SILENCE_SECONDS = 10.0
"""The protocol gives an agent two seconds to prove itself; a full machine is slow."""


@CHAPTER.promises("The first request of a connection asks for the proof, without the token.")
async def before_token(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    await expect_through_agent(client)
    first = agent.requests[0]
    expect(first.path == "/", "the first request asks for the proof", f"{first.method} {first.path}")


@CHAPTER.promises("After the agent has closed the connection, the next one is proven again.")
async def each_connection(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    await expect_through_agent(client)
    await agent.close_connections()
    await expect_through_agent(client)
    expect(agent.proofs >= 2, "a proof for each of two connections", agent.proofs)


async def _unproven(stage: Stage, answer: bytes) -> None:
    agent = await stage.agent()
    await agent.crash()
    impostor = await stage.impostor(agent.port, answer)
    answer_apart(stage)
    client = await stage.client()
    began = time.monotonic()
    expect_answer(await client.call("GET", PROJECTS), 200, OF_BACKEND)
    lasted = time.monotonic() - began
    expect(lasted < _SILENCE_SECONDS, f"an answer within {_SILENCE_SECONDS:g} s", f"{lasted:.1f} s")
    await expect_mode(client, "direct")
    expect_learnt_nothing(impostor, agent)


def expect_learnt_nothing(impostor: Impostor, agent: StagedAgent) -> None:
    """Raise `Mismatch` if the impostor has got a token."""
    received = bytes(impostor.received)
    for token in agent.tokens:
        expect(token.encode() not in received, "the impostor sees no token", received.decode("latin-1"))
    expect_equal(b"authorization" in received.lower(), False, "the impostor sees an Authorization header")


_WRONG = agent_proof("x" * 43, "0" * 64)
_ANSWERS = {
    "wrong": ("A wrong proof is the same as no agent.", http_answer(json.dumps({"proof": _WRONG}).encode())),
    "missing": ("An answer without a proof is no agent.", http_answer(b'{"product":"HiveSync"}')),
    "not-json": ("Another program's page is no agent.", http_answer(b"<html>It works!</html>")),
    "not-text": ("A proof that is no text is no agent.", http_answer(b'{"proof":true}')),
    "silence": ("A listener that says nothing is given up after two seconds.", b""),
    "redirect": (
        "A listener that points elsewhere is no agent.",
        http_answer(b"", "307 Temporary Redirect", b"Location: http://127.0.0.1:9/\r\n"),
    ),
}
for _name, (_promise, _answer) in _ANSWERS.items():
    CHAPTER.add(_name, _promise, _unproven, answer=_answer)


@CHAPTER.promises("When another program takes the port of an agent that was used, it gets no token.")
async def port_taken_over(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    await expect_through_agent(client)
    await agent.crash()
    impostor = await stage.impostor(agent.port, _ANSWERS["wrong"][1])
    await expect_direct(stage, client)
    expect_learnt_nothing(impostor, agent)


@CHAPTER.promises("A proof that was recorded earlier does not pass: the nonce is new each time.")
async def replayed(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    await expect_through_agent(client)
    seen = agent.asked("GET", "/")[-1].query.removeprefix("nonce=")
    recorded = http_answer(json.dumps({"proof": agent_proof(agent.token, seen)}).encode())
    await agent.crash()
    impostor = await stage.impostor(agent.port, recorded)
    await expect_direct(stage, client)
    expect_learnt_nothing(impostor, agent)
