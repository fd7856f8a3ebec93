"""What is worth another try, and for how long."""

from __future__ import annotations

from typing import ClassVar

import pytest
from hivesync_agent.previews.patience import Patience
from hivesync_contract.errors import ErrorCode, HiveSyncError


def error(code: ErrorCode, status: int | None = None) -> HiveSyncError:
    class Refused(HiveSyncError):
        pass

    Refused.code = code
    return Refused("refused", status=status)


class Flaky:
    """Fails with each error in turn, then succeeds."""

    waits: ClassVar[Patience] = Patience(first_seconds=0.001, longest_seconds=0.002, give_up_seconds=5)

    def __init__(self, *errors: HiveSyncError) -> None:
        self.errors = list(errors)
        self.attempts = 0

    async def __call__(self) -> str:
        self.attempts += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


@pytest.mark.parametrize(
    "passing",
    [
        error(ErrorCode.UPSTREAM_UNREACHABLE),
        error(ErrorCode.RATE_LIMITED),
        error(ErrorCode.CONFLICT),  # the same idempotency key is still being worked on
        error(ErrorCode.INTERNAL_ERROR, 503),
        error(ErrorCode.INTERNAL_ERROR, 500),
    ],
)
async def test_what_passes_is_tried_again(passing: HiveSyncError) -> None:
    flaky = Flaky(passing, passing)
    assert await flaky.waits.call(flaky) == "done"
    assert flaky.attempts == 3


@pytest.mark.parametrize(
    "final",
    [
        error(ErrorCode.TIER_LIMIT),
        error(ErrorCode.VALIDATION_ERROR),
        error(ErrorCode.NOT_FOUND),
        error(ErrorCode.AUTH_REQUIRED),
        error(ErrorCode.STORAGE_FULL),
        error(ErrorCode.IDEMPOTENCY_CONFLICT),
    ],
)
async def test_what_will_not_change_is_told_at_once(final: HiveSyncError) -> None:
    flaky = Flaky(final)
    with pytest.raises(HiveSyncError) as caught:
        await flaky.waits.call(flaky)
    assert (caught.value, flaky.attempts) == (final, 1)


async def test_a_continued_preview_waits_for_a_sign_in() -> None:
    flaky = Flaky(error(ErrorCode.AUTH_REQUIRED))
    assert await flaky.waits.call(flaky, wait_for_session=True) == "done"


async def test_patience_ends_with_the_last_reason() -> None:
    away = error(ErrorCode.UPSTREAM_UNREACHABLE)
    flaky = Flaky(*[away] * 1000)
    with pytest.raises(HiveSyncError) as caught:
        await Patience(first_seconds=0.001, longest_seconds=0.001, give_up_seconds=0.01).call(flaky)
    assert caught.value is away
    assert 1 < flaky.attempts < 100
