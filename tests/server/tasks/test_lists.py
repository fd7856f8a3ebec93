"""Lists of tasks: filters, and cursors that miss nothing while tasks move."""

from __future__ import annotations

import base64

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_server.adapters import containing

from .conftest import Board


async def test_lists_choose_and_combine(shared: Board, bob: BackendUser) -> None:
    bug = (await shared.label("bug"))["id"]
    his = bob.profile["id"]
    await shared.add("one", status="done", due_at="2026-12-03T00:00:00Z", description="needs 100% care")
    await shared.add("two", assignee_id=his, label_ids=[bug], due_at="2026-12-02T00:00:00Z")
    await shared.add("three", assignee_id=his, due_at="2026-12-01T00:00:00Z")
    await shared.add("Four", label_ids=[bug])
    for query, titles in (
        ("", ["one", "two", "three", "Four"]),
        ("?status=open", ["two", "three", "Four"]),
        (f"?assignee={his}", ["two", "three"]),
        ("?assignee=none", ["one", "Four"]),
        ("?assignee=me", []),
        (f"?label={bug}", ["two", "Four"]),
        ("?due_after=2026-12-02T00:00:00Z", ["two", "one"]),
        ("?due_before=2026-12-02T00:00:00Z", ["three"]),
        ("?due_before=2026-12-09T00:00:00Z", ["three", "two", "one"]),
        (f"?due_before=2026-12-09T00:00:00Z&label={bug}", ["two"]),
        (f"?label={bug}&assignee=none&status=open", ["Four"]),
        ("?text=FOUR", ["Four"]),
        ("?text=100%25", ["one"]),
        ("?text=1_0", []),
    ):
        assert await shared.titles(query) == titles, query
    assert await shared.as_seen_by(bob).titles("?assignee=me") == ["two", "three"]


@pytest.mark.parametrize("chosen", ["", "label", "due_after=2026-01-01T00:00:00Z"])
async def test_pages_miss_nothing(board: Board, chosen: str) -> None:
    label = (await board.label("bug"))["id"]
    chosen = f"label={label}" if chosen == "label" else chosen
    for number in range(5):
        await board.add(str(number), label_ids=[label], due_at=f"2026-12-01T00:00:0{number // 2}Z")
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await board.ask("GET", f"?{chosen}&limit=2{cursor}")).json()
        seen += [item["title"] for item in page["items"]]
        assert len(page["items"]) <= 2
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert seen == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("chosen", ["", "&label={label}", "&due_after=2026-01-01T00:00:00Z"])
async def test_a_text_is_found_page_by_page_however_many_tasks_there_are(
    board: Board, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if a thousand tasks, which are looked at one by one, were five.
    monkeypatch.setattr(containing, "LOOKED_AT", 5)
    monkeypatch.setattr(containing, "LOOKED_FURTHER", 8)
    label = (await board.label("bug"))["id"]
    for number in range(12):
        of = {
            "Often": number < 4 or number > 8,
            "rare": number in (1, 11),
            "some": number in (1, 4, 6, 7, 10),
        }
        title = f"{number} {' '.join(word for word, is_in in of.items() if is_in)}"
        due = f"2026-12-{20 - number:02}T00:00:00Z" if "due" in chosen else None
        await board.add(title, label_ids=[label], due_at=due, description="" if number else "Often")

    async def pages(text: str, limit: int) -> list[list[int]]:
        found: list[list[int]] = []
        cursor = ""
        while True:
            query = f"?text={text}&limit={limit}{cursor}{chosen.format(label=label)}"
            page = (await board.ask("GET", query)).json()
            found.append([int(item["title"].split()[0]) for item in page["items"]])
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    by_due = "due" in chosen
    # Of the first five at least three: a page of those. Then less: all that there are, from there on.
    often = [[11, 10, 9], [3, 2, 1, 0]] if by_due else [[0, 1, 2, 3], [9, 10, 11]]
    assert await pages("oFTEN", 10) == often
    full = [[11, 10], [9, 3], [2, 1], [0]] if by_due else [[0, 1], [2, 3], [9, 10], [11]]
    assert await pages("often", 2) == full
    # Two of the first five, so more are looked at; then none of those that are left, or too few again.
    assert await pages("some", 10) == ([[10, 7, 6, 4], [1]] if by_due else [[1, 4, 6, 7], [10]])
    assert await pages("some", 2) == ([[10, 7], [6, 4], [1]] if by_due else [[1, 4], [6, 7], [10]])
    assert await pages("rare", 10) == [[11, 1] if by_due else [1, 11]]
    assert await pages("never", 10) == [[]]


async def test_a_page_goes_on_though_its_last_task_is_gone(board: Board) -> None:
    tasks = [await board.add(str(number)) for number in range(4)]
    page = (await board.ask("GET", "?limit=2")).json()
    await board.ask("DELETE", f"/{tasks[1]['id']}")
    assert await board.titles(f"?cursor={page['next_cursor']}") == ["2", "3"]


FAR = base64.urlsafe_b64encode(bytes(16) + b"\x7f" + bytes(7)).decode()


@pytest.mark.any_database
@pytest.mark.parametrize(
    "query",
    [
        "?cursor=x",
        "?cursor=AAAA",
        f"?due_after=2026-01-01T00:00:00Z&cursor={FAR}",
        "?status=none",
        "?assignee=bob",
        f"?assignee={'-' * 36}",
        "?label=bug",
        "?due_before=tomorrow",
        "?due_before=9999-12-31T23:59:59-12:00",
        "?text=%00",
        "?limit=201",
    ],
)
async def test_a_senseless_list_is_refused(board: Board, query: str) -> None:
    answer = await board.ask("GET", query)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
