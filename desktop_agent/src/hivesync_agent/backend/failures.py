"""Why an answer did not come. What the rest of the agent sees of it is `UpstreamUnreachable`.

UpstreamUnreachable   503 the backend did not answer, or not in time
  BreakerOpen             it did not answer lately, so it was not asked
  ProxyRefused            the proxy between us and it did not let us through
"""

from __future__ import annotations

from hivesync_contract.errors import ErrorCode, HiveSyncError


class UpstreamUnreachable(HiveSyncError):
    """The backend did not answer, or not in time."""

    code = ErrorCode.UPSTREAM_UNREACHABLE
    retryable = True
    retry_after_seconds: int | None = None


class BreakerOpen(UpstreamUnreachable):
    """The backend did not answer several times in a row, so for a moment it is not asked again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("The HiveSync server can't be reached; it is tried again in a moment.")
        self.retry_after_seconds = seconds


class ProxyRefused(UpstreamUnreachable):
    """The proxy refused to connect us: wrong credentials, or a rule of the company's."""


class AnswerLost(Exception):
    """One attempt failed. `began`: a part of the answer came; `timed_out`: nothing came, for too long."""

    def __init__(self, *, began: bool, timed_out: bool = False, malformed: bool = False) -> None:
        super().__init__()
        self.began = began
        self.timed_out = timed_out
        self.malformed = malformed

    def as_error(self) -> UpstreamUnreachable:
        """Give what a client is told."""
        if self.malformed:
            return UpstreamUnreachable("The HiveSync server's answer could not be understood.")
        if self.timed_out:
            return UpstreamUnreachable("The HiveSync server did not answer in time; try again later.")
        return UpstreamUnreachable("The HiveSync server can't be reached; try again later.")
