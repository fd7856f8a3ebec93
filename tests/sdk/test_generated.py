"""The synchronous client is the asynchronous one, respelt: it may not lag behind or be edited."""

from __future__ import annotations

import inspect

import pytest
from hivesync import AsyncClient, Client
from hivesync_dev.generate_sync import NOTICE, SOURCE, TARGET, generate

BY_HAND = {"_concurrency.py"}


def test_the_generated_files_are_up_to_date() -> None:
    assert generate(check=True) == []


def test_a_stale_file_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("hivesync_dev.generate_sync.TARGET", tmp_path)
    assert {path.name for path in generate(check=True)} == {
        path.name for path in SOURCE.glob("*.py")
    } - BY_HAND


def test_every_generated_file_says_so_first() -> None:
    generated = [path for path in TARGET.glob("*.py") if path.name not in BY_HAND]
    assert len(generated) > 10
    assert all(path.read_text("utf-8").startswith(NOTICE.splitlines()[0]) for path in generated)


def test_nothing_asynchronous_is_left() -> None:
    texts = {
        path.name: path.read_text("utf-8").removeprefix(NOTICE.splitlines()[0])
        for path in TARGET.glob("*.py")
    }
    assert [
        name for name, text in texts.items() if "await " in text or "async " in text or "Async" in text
    ] == []


@pytest.mark.parametrize("attribute", ["me", "health", "request", "events"])
def test_both_clients_have_the_same_signatures(attribute: str) -> None:
    first, second = getattr(AsyncClient, attribute), getattr(Client, attribute)
    assert list(inspect.signature(first).parameters) == list(inspect.signature(second).parameters)
    assert inspect.getdoc(first) == inspect.getdoc(second)
