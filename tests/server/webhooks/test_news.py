"""What is told, to whom, and by what proof: real messages, verified by the reference library."""

from __future__ import annotations

from typing import Any

import pytest
from hivesync_contract.activity import ActivityKind, Verb
from hivesync_contract.webhooks import WebhookEventType
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, success
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_server.webhooks.kinds import SUBSCRIBABLE, listens, told_as
from sqlalchemy import event
from standardwebhooks.webhooks import Webhook

from tests.server.team.conftest import join
from tests.server.webhooks.conftest import hook


async def test_what_members_do_is_told_once_each_and_signed(
    ann: BackendUser, receiver: WebhookReceiver
) -> None:
    everything = await hook(ann, f"{receiver.origin}/all")
    project = await ann.project("Shop")
    await hook(ann, f"{receiver.origin}/tasks", "task.*", project_id=project)
    await hook(ann, f"{receiver.origin}/other", project_id=await ann.project("Other"))
    here = f"/api/v1/projects/{project}"
    task = (await ann.client.post(f"{here}/tasks", json={"title": "Pay"})).json()["id"]
    await ann.client.patch(f"{here}/tasks/{task}", json={"status": "done"})
    comment = (
        await ann.client.post(f"{here}/comments", json={"target": {"kind": "project"}, "body": "canary"})
    ).json()["id"]
    await ann.client.patch(f"{here}/comments/{comment}", json={"body": "canary 2"})
    await ann.client.patch(here, json={"name": "Store"})
    await ann.client.post(f"{here}/team/invites", json={"email": "somebody@example.com"})
    assert (await ann.client.delete(here)).status_code == 204

    told = await receiver.wait_for(9, "/all")
    for message in told:
        assert Webhook(everything.secret).verify(message.body, message.headers) == message.payload
    assert sorted(message.payload["type"] for message in told) == [
        "comment.changed",
        "comment.created",
        "project.changed",
        "project.created",
        "project.created",
        "project.deleted",
        "task.completed",
        "task.created",
        "team.invited",
    ]
    done: dict[str, Any] = next(
        message.payload for message in told if message.payload["type"] == "task.completed"
    )
    assert set(done) == {"type", "timestamp", "data"}
    activity = done["data"]["activity"]
    assert (activity["subject_id"], activity["actor_username"]) == (task, "ann")
    assert (done["data"]["project_id"], activity["data"]["title"]) == (project, "Pay")
    assert done["timestamp"] == activity["created_at"]
    # What people write to each other does not leave by this way.
    assert not any(b"canary" in message.body for message in told)
    # Those of one project hear of it alone, and go with it.
    assert {message.payload["type"] for message in receiver.messages if message.path == "/tasks"} <= {
        "task.created",
        "task.completed",
    }
    assert [message for message in receiver.messages if message.path == "/other"] == []
    assert len({message.id for message in receiver.messages}) == len(receiver.messages)


async def test_a_refused_change_is_not_told(ann: BackendUser, receiver: WebhookReceiver) -> None:
    mine = await hook(ann, f"{receiver.origin}/all")
    project = await ann.project()
    tasks = f"/api/v1/projects/{project}/tasks"
    task = (await ann.client.post(tasks, json={"title": "x"})).json()["id"]
    batch = [{"id": task, "patch": {"title": "y"}}, {"id": project, "patch": {"title": "z"}}]
    assert (await ann.client.post(f"{tasks}/batch", json={"changes": batch})).status_code == 404
    await receiver.wait_for(2)
    assert [item["type"] for item in await mine.log()] == ["task.created", "project.created"]


async def test_a_project_that_changes_hands_takes_its_news_along(
    ann: BackendUser, bob: BackendUser, receiver: WebhookReceiver
) -> None:
    project = await ann.project()
    await join(ann, project, bob)
    hers = await hook(ann, f"{receiver.origin}/hers", "team.*", "task.*", project_id=project)
    all_of_hers = await hook(ann, f"{receiver.origin}/all", "team.*", "task.*")
    await hook(bob, f"{receiver.origin}/his", "team.*", "task.*")
    new_owner = {"user_id": bob.profile["id"]}
    assert (await ann.client.post(f"/api/v1/projects/{project}/team/transfer", json=new_owner)).is_success
    await ann.client.post(f"/api/v1/projects/{project}/tasks", json={"title": "x"})
    told = await receiver.wait_for(2, "/his")
    assert sorted(message.payload["type"] for message in told) == ["task.created", "team.transferred"]
    shown = await hers.shown()
    assert (shown["enabled"], shown["disabled_reason"]) == (False, "transferred")
    assert (await ann.client.patch(hers.path, json={"enabled": True})).status_code == 403
    # A member who is removed can't enable it, either, and learns no more than any stranger.
    await bob.client.delete(f"/api/v1/projects/{project}/team/members/{ann.profile['id']}")
    assert (await ann.client.patch(hers.path, json={"enabled": True})).status_code == 404
    assert await hers.log() == await all_of_hers.log() == []


@pytest.mark.any_database
async def test_how_previews_end_is_told_without_their_link(
    ann: BackendUser, receiver: WebhookReceiver, worker: FakeWorker, reporter: Reporter
) -> None:
    await hook(ann, f"{receiver.origin}/in", "preview.*")
    job = (await ann.queued(worker)).job
    await reporter.report(success(job))
    (message,) = await receiver.wait_for(1)
    preview = message.payload["data"]["preview"]
    assert message.payload["type"] == "preview.ready"
    assert (preview["state"], preview["user_id"], preview["error"]) == ("ready", ann.profile["id"], None)
    assert job.preview is not None
    assert preview["preview_id"] == job.preview.preview_id
    assert b"/p/" not in message.body
    assert b"token" not in message.body


@pytest.mark.any_database
async def test_without_webhooks_a_change_costs_one_question(
    ann: BackendUser, backend: RunningBackend
) -> None:
    project = await ann.project()
    task = f"/api/v1/projects/{project}/tasks"
    asked: list[str] = []
    engine = backend.resources.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    await ann.client.post(task, json={"title": "x", "assignee_id": ann.profile["id"]})
    about_hooks = [text for text in asked if "FROM webhooks" in text]
    assert len(about_hooks) == 1


def test_every_activity_that_is_told_has_a_type_that_can_be_subscribed_to() -> None:
    told = {told_as(verb, kind) for verb in Verb for kind in ActivityKind} - {None}
    by_other_ways = {
        "ping",
        "project.deleted",
        "preview.ready",
        "preview.failed",
        "ai_docs.ready",
        "ai_docs.failed",
    }
    assert {kind.value for kind in WebhookEventType} - {kind.value for kind in told if kind} <= by_other_ways
    for kind in set(WebhookEventType) - {WebhookEventType.PING}:
        group = f"{kind.partition('.')[0]}.*"
        assert {kind.value, group, "*"} <= SUBSCRIBABLE
        assert all(listens([each], kind) for each in (kind.value, group, "*"))
        assert not listens(["none.*", "ping"], kind)
    assert "ping" not in SUBSCRIBABLE
