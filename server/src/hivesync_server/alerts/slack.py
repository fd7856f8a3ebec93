"""Messages to Slack's incoming webhooks, to hosts that the operator allows. What people typed stays text."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from hivesync_server.adapters.outbound.client import Answer, Outbound
from hivesync_server.adapters.outbound.targets import Target, TargetRefused
from hivesync_server.alerts.wording import Words

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

    async def post(self, url: str, words: Words) -> Answer:
        """Send one message, or raise `TargetRefused` or `OutboundFailed`."""
        body = json.dumps(_message(words), ensure_ascii=False).encode()
        return await self.outbound.post(self.target(url), {"Content-Type": "application/json"}, body)


def _message(words: Words) -> dict[str, Any]:
    """Give a message of Slack's blocks; `text` is what its notifications show, and old clients."""
    since = f"<!date^{int(words.since.timestamp())}^{{date_short_pretty}} {{time}}|{words.since:%H:%M} UTC>"
    link = f"<{_escaped(words.link)}|{words.link_label}>"
    return {
        "text": _escaped(f"HiveSync: {words.title}: {words.text}"),
        "blocks": [
            {"type": "header", "text": _plain(f"{words.mark} {words.title}", emoji=True)},
            {"type": "section", "text": _plain(words.line)},
            {
                "type": "context",
                "elements": [{"type": "mrkdwn", "text": f"{link}  ·  since {since}"}],
            },
        ],
    }


def _plain(text: str, *, emoji: bool = False) -> dict[str, Any]:
    # Of this type nothing is a link, a mention or markup.
    return {"type": "plain_text", "text": text, "emoji": emoji}


def _escaped(text: str) -> str:
    # Else text that somebody chose could mention a whole channel, or show a link as something else.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
