"""The deployment checklist, executed: each point is looked at, and what is wrong says what to do."""

from hivesync_server.checks.checklist import run_checks
from hivesync_server.checks.finding import Finding, State

__all__ = ["Finding", "State", "run_checks"]
