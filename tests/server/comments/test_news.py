"""Who is told of a comment: those it mentions, and those who take part, once and only as members."""

from __future__ import annotations

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_server.team.tables import ProjectMemberRow
from sqlalchemy import delete

from .conftest import Place, SignUp, news, on_line


async def test_a_mention_tells_members_only_and_once(
    ann: BackendUser, bob: BackendUser, sign_up: SignUp, place: Place
) -> None:
    eve = await sign_up("eve")
    await eve.project("a team of her own")
    comment = await place.say(ann, "@bob, @Bob and @eve and @nobody and @ann: look")
    assert await news(bob) == [("mention", comment["id"])]
    assert await news(eve) == await news(ann) == []


async def test_an_edit_tells_only_who_is_newly_mentioned(
    ann: BackendUser, bob: BackendUser, sign_up: SignUp, place: Place
) -> None:
    cid = await sign_up("cid")
    await place.join(cid)
    comment = await place.say(ann, "@bob")
    for body in ("@bob @cid", "nobody", "@cid @bob again"):
        await ann.client.patch(f"{place.path}/{comment['id']}", json={"body": body})
    told = [("mention", comment["id"])]
    assert (await news(bob), await news(cid)) == (told, told)


async def test_who_takes_part_is_told_of_what_follows(
    ann: BackendUser, bob: BackendUser, sign_up: SignUp, place: Place
) -> None:
    cid = await sign_up("cid")
    await place.join(cid)
    first = await place.say(bob, "one", on_line(line=3))
    await place.say(cid, "elsewhere", on_line(line=4))
    second = await place.say(cid, "two", on_line(line=3))
    assert await news(bob) == [("comment_added", second["id"])]
    third = await place.say(ann, "@cid three", on_line(line=3))
    assert await news(bob) == [("comment_added", second["id"]), ("comment_added", third["id"])]
    assert await news(cid) == [("mention", third["id"])]
    # The owner is told of every comment that is not her own.
    assert [subject for _, subject in await news(ann)][::2] == [first["id"], second["id"]]


async def test_who_left_the_team_is_told_nothing(ann: BackendUser, bob: BackendUser, place: Place) -> None:
    await place.say(bob)
    async with place.backend.resources.database.transaction() as transaction:
        await transaction.session.execute(
            delete(ProjectMemberRow).where(ProjectMemberRow.user_id == bob.profile["id"])
        )
    before = await place.events(bob)
    await place.say(ann, "@bob are you there?")
    assert await news(bob) == []
    assert await place.events(bob) == before


@pytest.mark.any_database
async def test_news_name_who_and_where_but_not_what(ann: BackendUser, bob: BackendUser, place: Place) -> None:
    await place.say(bob, "@ann the password is hunter2", on_line("src/{author}.ts", 7))
    (item,) = (await ann.client.get("/api/v1/notifications")).json()["items"]
    assert item["text"] == "bob mentioned you in a comment on src/{author}.ts:7 in Shop"
    assert (item["project_id"], item["subject_kind"]) == (place.id, "comment")
    assert item["actor_id"] == bob.profile["id"]


@pytest.mark.any_database
async def test_every_member_gets_the_event(ann: BackendUser, bob: BackendUser, place: Place) -> None:
    comment = await place.say(ann)
    await ann.client.patch(f"{place.path}/{comment['id']}", json={"body": "more"})
    expected = [("comment.added", comment["id"]), ("comment.changed", comment["id"])]
    assert await place.events(ann) == await place.events(bob) == expected
