"""Invites: to a name or an address, whether or not it is anybody's; answered only by who was meant."""

from __future__ import annotations

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.auth.tables import UserRow
from hivesync_server.housekeeping import Housekeeping
from hivesync_server.mails.tables import MailRow
from hivesync_server.team.invites import INVITE_LIFE
from hivesync_server.team.tables import InviteRow
from sqlalchemy import func, select, update

from .conftest import Confirm, SignUp, accept, invite, invited, items, join, roles, team_path

MINE = "/api/v1/invites"
NEWS = "/api/v1/notifications"


async def _mails(backend: RunningBackend) -> list[MailRow]:
    async with backend.resources.database.transaction(writes=False) as transaction:
        of_invites = select(MailRow).where(MailRow.body.contains("/invites"))
        return list(await transaction.session.scalars(of_invites.order_by(MailRow.id)))


async def test_who_is_invited_by_name_joins(ann: BackendUser, bob: BackendUser) -> None:
    project = await ann.project("Shop")
    created = await invite(ann, project, username=" BOB ")
    assert created.status_code == 201
    assert (created.json()["invitee"], created.json()["invited_by"]) == ("bob", "ann")
    (mine,) = await items(bob, MINE)
    assert (mine["project_id"], mine["project_name"], mine["invited_by"]) == (project, "Shop", "ann")
    member = (await accept(bob, mine["id"])).json()
    assert (member["user_id"], member["role"]) == (bob.profile["id"], "member")
    assert await roles(bob, project) == {"ann": "owner", "bob": "member"}
    assert await items(bob, MINE) == await items(ann, f"{team_path(project)}/invites") == []


async def test_both_sides_are_told(ann: BackendUser, bob: BackendUser) -> None:
    project = await ann.project("Shop")
    invite_id = await invited(ann, project, username="bob")
    (news,) = await items(bob, NEWS)
    assert (news["type"], news["subject_id"]) == ("team_invite", invite_id)
    assert news["text"] == "ann invites you to “Shop”"
    await accept(bob, invite_id)
    (news,) = await items(ann, NEWS)
    assert (news["type"], news["text"]) == ("team_joined", "bob joined “Shop”")
    noted = [(entry["verb"], entry["actor_username"]) for entry in await items(ann, _activity(project))]
    assert noted == [("joined", "bob"), ("invited", "ann"), ("created", "ann")]


async def test_an_address_gets_a_mail_and_its_later_owner_the_invite(
    ann: BackendUser, sign_up: SignUp, backend: RunningBackend, confirm: Confirm
) -> None:
    project = await ann.project("Win big at evil.example")
    invite_id = await invited(ann, project, email="Cid@Example.com")
    (mail,) = await _mails(backend)
    assert mail.recipient == "cid@example.com"
    assert f"{backend.url}/invites" in mail.body
    assert "evil.example" not in mail.subject + mail.body
    cid = await sign_up("cid")
    assert await items(cid, MINE) == []
    assert (await accept(cid, invite_id)).status_code == 404
    await confirm(cid)
    assert [mine["id"] for mine in await items(cid, MINE)] == [invite_id]
    assert (await accept(cid, invite_id)).status_code == 200


async def test_a_name_that_was_nobodys_is_for_nobody(ann: BackendUser, sign_up: SignUp) -> None:
    invite_id = await invited(ann, await ann.project(), username="cid")
    cid = await sign_up("cid")
    assert await items(cid, MINE) == []
    assert (await accept(cid, invite_id)).status_code == 404


@pytest.mark.any_database
@pytest.mark.parametrize("confirmed", [True, False])
async def test_the_answer_does_not_tell_who_has_an_account(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend, confirm: Confirm, confirmed: bool
) -> None:
    if confirmed:
        await confirm(bob)
    project = await ann.project()
    own = {"id", "invitee"}
    for known, unknown in (
        ({"username": "bob"}, {"username": "nobody"}),
        ({"email": bob.email}, {"email": "nobody@example.com"}),
    ):
        answers = [await invite(ann, project, **whom) for whom in (known, unknown)]
        assert answers[0].status_code == answers[1].status_code == 201
        bodies = [{name: value for name, value in a.json().items() if name not in own} for a in answers]
        times = {"created_at", "expires_at"}
        assert bodies[0].keys() == bodies[1].keys() == {"invited_by"} | times
    listed = {entry["invitee"] for entry in await items(ann, f"{team_path(project)}/invites")}
    assert listed == {"bob", "nobody", bob.email, "nobody@example.com"}
    to_addresses = {mail.recipient for mail in await _mails(backend)}
    assert to_addresses == {bob.email, "nobody@example.com"}
    # Who has not confirmed an address may not be who reads its mail.
    assert len(await items(bob, NEWS)) == (2 if confirmed else 1)


async def test_a_members_address_is_not_told_either(
    ann: BackendUser, bob: BackendUser, confirm: Confirm
) -> None:
    project = await ann.project()
    await join(ann, project, bob)
    assert (await invite(ann, project, email=bob.email)).status_code == 201
    for known in ({"username": "bob"}, {"username": "ann"}, {"email": ann.email}):
        answer = await invite(ann, project, **known)
        assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    await confirm(bob)
    (mine,) = await items(bob, MINE)
    assert (await accept(bob, mine["id"])).status_code == 200
    assert await roles(ann, project) == {"ann": "owner", "bob": "member"}


async def test_inviting_twice_is_one_invite_and_one_mail(
    ann: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    project = await ann.project()
    first = await invited(ann, project, email="cid@example.com")
    assert await invited(ann, project, email="cid@example.com") == first
    assert len(await _mails(backend)) == 1
    clock.advance(days=INVITE_LIFE.days)
    await ann.sign_in()
    assert await items(ann, f"{team_path(project)}/invites") == []
    assert await invited(ann, project, email="cid@example.com") != first
    assert len(await _mails(backend)) == 2


@pytest.mark.any_database
async def test_no_mailbox_is_filled_by_inviting_again_and_again(
    ann: BackendUser, backend: RunningBackend
) -> None:
    project = await ann.project()
    for _ in range(7):
        invite_id = await invited(ann, project, email="eve@example.com")
        (await ann.client.delete(f"{team_path(project)}/invites/{invite_id}")).raise_for_status()
    invites = [mail for mail in await _mails(backend) if mail.recipient == "eve@example.com"]
    assert len(invites) == 5


async def test_a_disabled_account_gets_no_mail_by_address_or_name(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend, confirm: Confirm
) -> None:
    await confirm(bob)
    async with backend.resources.database.transaction() as transaction:
        statement = update(UserRow).where(UserRow.username == "bob")
        await transaction.session.execute(statement.values(disabled_at=backend.resources.clock()))
    project = await ann.project()
    for who in ({"username": "bob"}, {"email": bob.email}):
        await invited(ann, project, **who)
    assert await _mails(backend) == []


async def test_one_person_answers_all_ways_of_being_invited(
    ann: BackendUser, bob: BackendUser, confirm: Confirm
) -> None:
    await confirm(bob)
    project = await ann.project()
    await invited(ann, project, email=bob.email)
    await invited(ann, project, username="bob")
    first, second = await items(bob, MINE)
    assert (await accept(bob, second["id"])).status_code == 200
    assert await items(bob, MINE) == await items(ann, f"{team_path(project)}/invites") == []
    assert (await accept(bob, first["id"])).status_code == 200


async def test_it_can_be_declined_revoked_and_be_too_late(
    ann: BackendUser, bob: BackendUser, clock: MovableClock
) -> None:
    project = await ann.project()
    declined = await invited(ann, project, username="bob")
    for _ in range(2):
        assert (await bob.client.post(f"{MINE}/{declined}/decline")).status_code == 204
    assert await items(ann, f"{team_path(project)}/invites") == []
    revoked = await invited(ann, project, username="bob")
    for _ in range(2):
        path = f"{team_path(project)}/invites/{revoked}"
        assert (await ann.client.delete(path)).status_code == 204
    for gone, word in ((declined, "declined"), (revoked, "revoked")):
        answer = await accept(bob, gone)
        assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
        assert word in answer.json()["detail"]
    expired = await invited(ann, project, username="bob")
    clock.advance(days=INVITE_LIFE.days, seconds=1)
    await bob.sign_in()
    answer = await accept(bob, expired)
    assert (answer.status_code, "expired" in answer.json()["detail"]) == (409, True)
    assert await items(bob, MINE) == []


async def test_an_accepted_one_is_neither_revoked_nor_declined(ann: BackendUser, bob: BackendUser) -> None:
    project = await ann.project()
    invite_id = await invited(ann, project, username="bob")
    await accept(bob, invite_id)
    assert (await ann.client.delete(f"{team_path(project)}/invites/{invite_id}")).status_code == 409
    assert (await bob.client.post(f"{MINE}/{invite_id}/decline")).status_code == 409
    assert (await accept(bob, invite_id)).status_code == 200
    # An old invite is no way back in.
    await ann.client.delete(f"{team_path(project)}/members/{bob.profile['id']}")
    assert (await accept(bob, invite_id)).status_code == 409


async def test_only_the_invited_sees_and_answers_it(
    ann: BackendUser, bob: BackendUser, sign_up: SignUp
) -> None:
    cid = await sign_up("cid")
    invite_id = await invited(ann, await ann.project(), username="bob")
    assert await items(cid, MINE) == []
    for action in ("accept", "decline"):
        for stranger in (cid, ann):
            answer = await stranger.client.post(f"{MINE}/{invite_id}/{action}")
            assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


async def test_only_the_owner_invites_lists_and_revokes(
    ann: BackendUser, bob: BackendUser, sign_up: SignUp
) -> None:
    project = await ann.project()
    await join(ann, project, bob)
    cid = await sign_up("cid")
    invite_id = await invited(ann, project, username="cid")
    root = f"{team_path(project)}/invites"
    for user, status in ((bob, 403), (cid, 404)):
        assert (await user.client.post(root, json={"username": "dan"})).status_code == status
        assert (await user.client.get(root)).status_code == status
        assert (await user.client.delete(f"{root}/{invite_id}")).status_code == status
    other = f"{team_path(await ann.project())}/invites/{invite_id}"
    assert (await ann.client.delete(other)).status_code == 404


async def test_lists_are_walked_by_cursor(ann: BackendUser, bob: BackendUser, confirm: Confirm) -> None:
    await confirm(bob)
    made = []
    for number in range(4):
        whom = {"email": bob.email} if number % 2 else {"username": "bob"}
        made.append(await invited(ann, await ann.project(f"P{number}"), **whom))
    first = (await bob.client.get(MINE, params={"limit": 3})).json()
    second = (await bob.client.get(MINE, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [mine["id"] for mine in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None


@pytest.mark.any_database
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "a@example.com", "username": "abc"},
        {"email": "nonsense"},
        {"email": "a@example.com\r\nBcc: b@example.com"},
        {"username": "a@example.com"},
        {"username": "nul\0"},
        {"username": 5},
        {"username": "bob", "role": "owner"},
    ],
)
async def test_a_senseless_invite_is_refused(ann: BackendUser, body: object) -> None:
    answer = await ann.client.post(f"{team_path(await ann.project())}/invites", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")


@pytest.mark.any_database
async def test_no_more_wait_than_make_sense(ann: BackendUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hivesync_server.team.invites.OPEN_MAX", 2)
    project = await ann.project()
    for name in ("cid", "dan"):
        await invited(ann, project, username=name)
    answer = await invite(ann, project, username="eve")
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert (await invite(ann, project, username="dan")).status_code == 201


async def test_expired_ones_are_swept(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    await join(ann, await ann.project(), bob)
    await invited(ann, await ann.project(), username="bob")
    sweeper = Housekeeping(backend.resources.database, clock)
    for days, left in ((0, 2), (INVITE_LIFE.days, 0)):
        clock.advance(days=days)
        await sweeper.sweep()
        async with backend.resources.database.transaction(writes=False) as transaction:
            assert await transaction.session.scalar(select(func.count()).select_from(InviteRow)) == left


async def test_they_go_with_the_project(ann: BackendUser, bob: BackendUser) -> None:
    project = await ann.project()
    invite_id = await invited(ann, project, username="bob")
    await ann.client.delete(f"/api/v1/projects/{project}")
    assert await items(bob, MINE) == []
    assert (await accept(bob, invite_id)).status_code == 404


def _activity(project: str) -> str:
    return f"/api/v1/projects/{project}/activity"
