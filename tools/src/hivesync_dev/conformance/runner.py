"""Play the scenarios, some at a time, each on a stage of its own."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hivesync_dev.conformance.client import PATIENCE_SECONDS
from hivesync_dev.conformance.expectation import Mismatch
from hivesync_dev.conformance.scenario import Scenario
from hivesync_dev.conformance.stage import Stage

SCENARIO_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a scenario; `expected` and `seen` are empty where it was kept."""

    scenario: Scenario
    seconds: float
    expected: str = ""
    seen: str = ""
    transcript: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether the client has kept its promise."""
        return not self.expected


async def play_all(
    command: Sequence[str],
    scenarios: Sequence[Scenario],
    *,
    at_once: int,
    tell: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Play every scenario; `tell` hears of each as it ends. The outcomes come in the scenarios' order."""
    free = asyncio.Semaphore(at_once)

    async def play_when_free(scenario: Scenario) -> Outcome:
        async with free:
            outcome = await play(command, scenario)
            tell(outcome)
            return outcome

    return await asyncio.gather(*map(play_when_free, scenarios))


async def play(
    command: Sequence[str], scenario: Scenario, *, patience_seconds: float = PATIENCE_SECONDS
) -> Outcome:
    """Play one scenario, see that the rules were kept throughout, and that the client ends when told."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hivesync-", ignore_cleanup_errors=True) as folder:
        stage = Stage(Path(folder), command, patience_seconds)
        try:
            async with asyncio.timeout(SCENARIO_SECONDS), stage:
                await _played(stage, scenario)
        except Mismatch as exc:
            seconds = time.monotonic() - began
            return Outcome(scenario, seconds, exc.expected, exc.seen, tuple(stage.transcript.lines))
        except TimeoutError:
            expected = f"the scenario ends within {SCENARIO_SECONDS:g} s"
            return Outcome(scenario, SCENARIO_SECONDS, expected, "it does not", tuple(stage.transcript.lines))
    return Outcome(scenario, time.monotonic() - began)


async def _played(stage: Stage, scenario: Scenario) -> None:
    try:
        await scenario.play(stage)
    except Mismatch as exc:
        # A rule that was broken is the likelier cause, and the one that can be mended.
        broken = [rule for agent in stage.agents for rule in agent.rules.broken]
        raise Mismatch(exc.expected, "; ".join([exc.seen, *broken[:3]])) from exc
    stage.expect_kept_rules()
    for client in stage.clients:
        if client.is_running:
            await client.stop()
