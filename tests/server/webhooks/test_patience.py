"""How long is waited, and what `Retry-After` may ask for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hivesync_server.webhooks.patience import PAUSES_SECONDS, pause_after, read_retry_after

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def test_a_message_is_tried_for_three_days_and_then_no_more() -> None:
    pauses = [pause_after(tries) for tries in range(1, len(PAUSES_SECONDS) + 1)]
    assert all(
        pause and 0.9 <= pause.total_seconds() / wanted <= 1.1
        for pause, wanted in zip(pauses, PAUSES_SECONDS, strict=True)
    )
    assert timedelta(days=2.5) < sum((pause for pause in pauses if pause), timedelta()) < timedelta(days=4)
    assert pause_after(len(PAUSES_SECONDS) + 1) is None
    assert len({pause_after(3) for _ in range(20)}) > 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("", 0),
        ("0", 0),
        ("120", 120),
        ("-5", 0),
        ("99999999999999999999", 86_400),
        ("1.5", 0),
        ("soon", 0),
        ("١٢", 0),
        ("Thu, 26 Nov 2026 12:10:00 GMT", 600),
        ("Thu, 26 Nov 2026 11:00:00 GMT", 0),
        ("Thu, 26 Nov 2099 12:00:00 GMT", 86_400),
        ("Thu, 26 Nov 2026 12:10:00", 0),
        ("Thu, 99 Nov 2026 12:10:00 GMT", 0),
    ],
)
def test_retry_after_is_honoured_within_a_day(value: str, seconds: int) -> None:
    assert read_retry_after(value, NOW) == timedelta(seconds=seconds)
