"""Search: what is found, in which order, how it is shown; the same on both databases."""

from __future__ import annotations

import pytest
from hivesync_contract.search import SEARCH_QUERY_CHARACTERS
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_server.search import endpoints, postgres, repository, sqlite

from .conftest import Author, marked, plain


async def test_all_kinds_are_found_the_best_first(author: Author, ann: BackendUser) -> None:
    second = Author(ann, await ann.project("Login and logout"))
    await second.comment("Nobody can log in", kind="project")
    in_text = await author.task("Rework the door", "The **login** is slow")
    in_title = await author.task("Login form", "It hangs")
    comment = await author.comment("see login.ts <b>and</b> Login", kind="file", path="src/login.ts", line=3)
    await author.task("Unrelated", "Blog, logistics")
    found = await author.results("LOGIN")
    assert [item["id"] for item in found["items"]] == [in_title, second.project_id, comment, in_text]
    shown = found["items"][2]
    assert (shown["title"], plain(shown["snippet"])) == ([], "see login.ts <b>and</b> Login")
    assert marked(shown["snippet"]) == ["login", "Login"]
    assert (shown["project_name"], shown["target"]["path"], shown["target"]["line"]) == (
        "Shop",
        "src/login.ts",
        3,
    )
    assert (found["next_cursor"], found["since"]) == (None, None)
    # The beginning of a word will do, all words must be there, in whatever order and part.
    assert await author.found("log", types="project,comment") == [
        "Login and logout",
        "Nobody can log in",
        "see login.ts <b>and</b> Login",
    ]
    assert await author.found("hang form") == ["Login form"]
    assert await author.found("login", project_id=second.project_id) == ["Login and logout"]
    assert await author.found("login nowhere") == []


async def test_what_is_found_follows_what_is_written(author: Author) -> None:
    task, comment = await author.task("Paint it green"), await author.comment("green is fine")
    on_task = await author.comment("so green", kind="task", task_id=task)
    assert await author.found("green") == ["Paint it green", "so green", "green is fine"]
    client = author.user.client
    await client.patch(f"{author.project}/tasks/{task}", json={"title": "Paint it blue"})
    await client.patch(f"{author.project}/comments/{on_task}", json={"body": "so blue"})
    await client.patch(author.project, json={"description": "All blue"})
    await client.delete(f"{author.project}/comments/{comment}")
    assert await author.found("green") == []
    assert await author.found("blue") == ["Paint it blue", "so blue", "Shop"]
    await client.delete(f"{author.project}/tasks/{task}")
    assert await author.found("blue") == ["Shop"]
    await client.delete(author.project)
    assert await author.found("blue") == []


async def test_nobody_finds_what_they_may_not_see(author: Author, stranger: Author) -> None:
    await author.task("Secret plan")
    own = f"secret of mine /{author.project_id} '/{author.project_id}'"
    await stranger.comment(own)
    assert await stranger.found("secret") == [own]
    assert await author.found("secret") == ["Secret plan"]
    place = f"/{author.project_id}"
    for q in (author.project_id, place, f"secret' | '{place}", "sercet plan"):
        assert "Secret plan" not in await stranger.found(q), q
    answer = await stranger.user.client.get(f"/api/v1/search?q=secret&project_id={author.project_id}")
    assert answer.status_code == 404
    key = await author.user.api_key(project_ids=[author.project_id])
    other = Author(author.user, await author.user.project("Other"))
    await other.task("Secret of another project")
    author.user.client.headers["Authorization"] = f"Bearer {key['key']}"
    assert await author.found("secret") == ["Secret plan"]
    assert await author.found("secret", project_id=other.project_id) == []


async def test_words_are_found_in_every_script_and_despite_typos(author: Author) -> None:
    for text in (
        "修复登录页面的错误",
        "ログインできない",
        "로그인 오류",
        "หน้าเข้าสู่ระบบ",
        "Ошибка входа",
        "Größe der Fläche, café",
        "שגיאת התחברות",
        "fix LoginModal_v2 in src/App.tsx",
        "Authentication is broken 😀",
    ):
        await author.comment(text)
    for q, text in {
        "登录": "修复登录页面的错误",
        "误": "修复登录页面的错误",
        "ログイン": "ログインできない",
        "로그인": "로그인 오류",
        "ระบบ": "หน้าเข้าสู่ระบบ",
        "ОШИБКА": "Ошибка входа",
        "grosse flache CAFE": "Größe der Fläche, café",
        "cafe\u0301": "Größe der Fläche, café",
        "התחברות": "שגיאת התחברות",
        "modal app": "fix LoginModal_v2 in src/App.tsx",
        "authenticaton brokne": "Authentication is broken 😀",
    }.items():
        assert await author.found(q) == [text], q
    (hit,) = (await author.results("autentication"))["items"]
    assert marked(hit["snippet"]) == ["Authentication"]
    (hit,) = (await author.results("登录"))["items"]
    assert plain(hit["snippet"]) == "修复登录页面的错误"


async def test_no_query_means_anything_to_the_database(author: Author) -> None:
    await author.task("Common words", "near or not and all")
    for q in (
        "'", '"', "'':*", "a' | 'b", "!common", "common & | words", "common <-> words", "(((", ")", "*",
        "common*", "NEAR(common words, 2)", "terms : common", "-common", "^common", "\\", "\\'", "OR NOT",
        "\u202ecommon", "😀", "👩‍👩‍👧", "\ufdfa", "½ ㎏ ﬁ", "\u0301", "a\tb\nc", ";drop table tasks",
        "x" * 500,
        "字" * 500, " ".join("abcdefghijklmnopqrstuvwxyz" * 9), "\U0010ffff", "\ufeff", "İIıi ẞß ς",
    ):  # fmt: skip
        await author.results(q)
    assert await author.found('"common" AND (words*)') == ["Common words"]
    assert await author.found("!!!") == []


async def test_pages_hold_while_others_write(author: Author) -> None:
    expected = [f"apple in title {number}" for number in range(3)][::-1]
    for number in range(3):
        await author.comment(f"an apple {number}")
        await author.task(f"apple in title {number}")
    expected += [f"an apple {number}" for number in range(3)][::-1]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await author.results("apple", limit=2, **cursor)
        seen += [plain(item["title"]) or plain(item["snippet"]) for item in page["items"]]
        assert len(page["items"]) == 2
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        await author.task("apple, newer")
    assert seen == expected


async def test_what_is_old_is_found_too_and_the_newest_counts(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the newest thousand texts, which are looked at one by one, were the newest two.
    for index in (postgres, sqlite):
        monkeypatch.setattr(index, "RECENT", 2)
    monkeypatch.setattr(postgres, "_RECENT_OF_EACH", 2)
    for number in range(4):
        await author.task(f"rare {number}", "common")
    await author.comment("newer")
    await author.comment("newest")
    assert await author.found("rare") == ["rare 3", "rare 2", "rare 1", "rare 0"]
    assert await author.found("rare 0 common") == ["rare 0"]
    # Mistyped words are forgiven in the newest texts, and in the names of projects.
    assert await author.found("neweer") == ["newer"]
    assert await author.found("commno") == []
    assert await author.found("shopp", types="project") == ["Shop"]
    # What many of the newest texts have, some more of them have often enough.
    monkeypatch.setattr(postgres, "OFTEN", 1)
    assert await author.found("rare") == ["rare 3", "rare 2", "rare 1", "rare 0"]
    assert await author.found("new") == ["newest", "newer"]
    monkeypatch.setattr(postgres, "CANDIDATES", 3)
    monkeypatch.setattr(sqlite, "CANDIDATES", 3)
    for number in range(4):
        await author.task(f"often {number}", "" if number % 2 else "twice")
    assert await author.found("often") == ["often 3", "often 2", "often 1"]
    assert await author.found("twice") == ["often 2", "often 0"]


@pytest.mark.postgres_only
async def test_longer_words_are_looked_for_where_the_typed_ones_are_few(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "RECENT", 2)
    monkeypatch.setattr(postgres, "_RECENT_OF_EACH", 2)
    for title in ("paint it", "painting", "something else", "painted"):
        await author.task(title)
    assert sorted(await author.found("paint")) == ["paint it", "painted", "painting"]
    # A longer word among the newest texts is no trouble to find.
    monkeypatch.setattr(postgres, "_ENOUGH", 1)
    assert sorted(await author.found("paint")) == ["paint it", "painted"]


@pytest.mark.any_database
async def test_who_has_many_projects_is_told_that_not_all_were_searched(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (endpoints, repository):
        monkeypatch.setattr(module, "PROJECTS_MAX", 1)
    await author.task("plum, old")
    assert (await author.results("plum"))["newest_projects"] is None
    newer = Author(author.user, await author.user.project("Newer"))
    await newer.task("plum, new")
    results = await author.results("plum")
    assert ([plain(item["title"]) for item in results["items"]], results["newest_projects"]) == (
        ["plum, new"],
        1,
    )
    named = await author.results("plum", project_id=author.project_id)
    assert ([plain(item["title"]) for item in named["items"]], named["newest_projects"]) == (
        ["plum, old"],
        None,
    )


@pytest.mark.any_database
async def test_senseless_searches_are_refused(author: Author) -> None:
    for query in (
        "", "q=", "q=%00", f"q={'x' * (SEARCH_QUERY_CHARACTERS + 1)}", f"q={'x' * 10_000}", "q=x&types=",
        "q=x&types=user", "q=x&types=task,", "q=x&limit=0", "q=x&limit=101", "q=x&cursor=AAAA",
        "q=x&cursor=!",
        "q=x&project_id=1",
    ):  # fmt: skip
        answer = await author.user.client.get(f"/api/v1/search?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR"), query
    author.user.client.headers.pop("Authorization")
    assert (await author.user.client.get("/api/v1/search?q=x")).status_code == 401
