"""A plugin's calls go through the real agent to the real backend, and no further than they may."""

from __future__ import annotations

import httpx
import pytest
from hivesync_contract import headers
from hivesync_dev.stack.stack import Stack


@pytest.fixture
def agent(stack: Stack) -> httpx.Client:
    """A plugin's connection to the agent."""
    return stack.api().http


def test_the_backend_sees_the_signed_in_user(agent: httpx.Client, stack: Stack) -> None:
    with agent:
        answer = agent.get("/api/v1/auth/me")
    assert answer.json()["email"] == stack.user.email
    assert headers.AGENT not in answer.headers


def test_what_is_made_through_the_agent_is_there(agent: httpx.Client) -> None:
    with agent:
        made = agent.post("/api/v1/projects", json={"name": "Made by a plugin"})
        assert made.status_code == 201
        project = agent.get(f"/api/v1/projects/{made.json()['id']}").json()
    assert project["name"] == "Made by a plugin"


def test_the_backends_refusals_come_through_as_they_are(agent: httpx.Client) -> None:
    with agent:
        answer = agent.get("/api/v1/projects/00000000-0000-7000-8000-000000000000")
    assert answer.status_code == 404
    assert answer.json()["code"] == "NOT_FOUND"
    assert headers.AGENT not in answer.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/admin/overview"),
        ("POST", "/api/v1/api-keys"),
        ("POST", "/api/v1/auth/refresh"),
        ("GET", "/api/v1/auth/sessions"),
    ],
)
def test_what_is_not_relayed_is_refused_by_the_agent_itself(
    method: str, path: str, agent: httpx.Client
) -> None:
    with agent:
        answer = agent.request(method, path)
    assert answer.status_code == 403
    assert headers.AGENT in answer.headers


def test_a_website_is_refused_before_any_work(agent: httpx.Client) -> None:
    with agent:
        answer = agent.get("/api/v1/auth/me", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_without_the_token_nothing_is_relayed(agent: httpx.Client) -> None:
    with agent:
        del agent.headers["Authorization"]
        assert agent.get("/api/v1/auth/me").status_code == 401


def test_small_answers_are_not_held_back(agent: httpx.Client) -> None:
    # Nagle's algorithm and delayed acknowledgements together cost each answer 40 ms, a busy machine some.
    with agent:
        agent.get("/api/v1/health")
        seconds = [agent.get("/api/v1/health").elapsed.total_seconds() for _ in range(31)]
    assert min(seconds) < 0.03


def test_events_stream_through(agent: httpx.Client) -> None:
    with agent, agent.stream("GET", "/api/v1/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert next(answer.iter_lines()).startswith((":", "event", "id", "retry", "data"))
