"""Messages to Slack's incoming webhooks: to hosts that the operator allows, with nothing in them but text."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from hivesync_server.adapters.outbound.client import Answer, Outbound
from hivesync_server.adapters.outbound.targets import Target, TargetRefused

SLACK_PURPOSE = "alerts/slack"


@dataclass(frozen=True, slots=True)
class SlackHosts:
    """The way to Slack."""

    outbound: Outbound
    allowed: Collection[str]

    def target(self, url: str) -> Target:
        """Read an address, or raise `TargetRefused`."""
        target = self.outbound.target(url)
        if target.host not in self.allowed:
            raise TargetRefused(f"must be of {' or '.join(sorted(self.allowed))}", "slack_url")
        return target

    async def post(self, url: str, text: str) -> Answer:
        """Send one message, or raise `TargetRefused` or `OutboundFailed`."""
        body = json.dumps({"text": _escaped(text)}, ensure_ascii=False).encode()
        return await self.outbound.post(self.target(url), {"Content-Type": "application/json"}, body)


def _escaped(text: str) -> str:
    # Else text that somebody chose could mention a whole channel, or show a link as something else.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
