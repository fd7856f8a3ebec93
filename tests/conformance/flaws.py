"""Which flaw each scenario must see, and in what: a client that fails for another reason shows nothing.

A scenario that is missing here can't be shown able to fail.
"""

from __future__ import annotations

from typing import NamedTuple


class Seen(NamedTuple):
    """A scenario, the flaw, how what the runner expected begins, and a pattern of what it saw instead."""

    scenario: str
    flaw: str
    expected: str
    saw: str


_AGENT_S = "body: {'answered_by': 'agent'}"
_BACKEND_S = "body: {'answered_by': 'backend'}"
_BY_AGENT = "^{'answered_by': 'agent'}"
_BY_BACKEND = "^{'answered_by': 'backend'}"
_NOTHING = "^nothing$"
_NO_ANSWER = "call is answered within 5 s"
_KEPT_RULES = "broken rules of requests to the agent: []"
_NOT_PROVEN = "asked for its proof before the token is sent on it"
_MADE_ONCE = "body: {'number': 1, 'name': 'made'}"
_MADE_TWICE = "^{'number': 2, 'name': 'made'}$"
_OPENED = "the event stream is opened 1 times within 5 s"

_PLAYED = (
    ("discovery/agent-there", "never-uses-the-agent", _AGENT_S, _BY_BACKEND),
    ("discovery/no-agent", "gives-no-reason", "a reason for mode direct", "^none$"),
    ("discovery/stale-file", "never-goes-direct", "status 200", "^error AGENT_STALE"),
    ("discovery/unknown-members", "refuses-what-it-does-not-know", _AGENT_S, _BY_BACKEND),
    ("discovery/foreign-url", "believes-the-url", _AGENT_S, _BY_BACKEND),
    ("discovery/empty-file", "believes-any-file", "status 200", "JSONDecodeError"),
    ("discovery/broken-json", "believes-any-file", "status 200", "JSONDecodeError"),
    ("discovery/not-an-object", "believes-any-file", "status 200", "TypeError"),
    ("discovery/other-schema", "believes-any-file", _BACKEND_S, _BY_AGENT),
    ("discovery/port-as-text", "believes-any-file", _BACKEND_S, _BY_AGENT),
    ("discovery/port-impossible", "believes-any-file", _BACKEND_S, _BY_AGENT),
    ("discovery/no-protocol", "believes-any-file", _BACKEND_S, _BY_AGENT),
    ("discovery/over-long", "believes-any-file", _BACKEND_S, _BY_AGENT),
    ("discovery/token-malformed", "believes-any-file", _BACKEND_S, _BY_AGENT),
    ("discovery/open-to-others", "believes-any-file", _BACKEND_S, _BY_AGENT),
    ("discovery/symbolic-link", "believes-any-file", _BACKEND_S, _BY_AGENT),
    ("discovery/nobody-at-all", "gives-no-reason", "mode none", r"^mode direct \(\)$"),
    ("proof/before-token", "asks-for-no-proof", "the first request asks for the proof", _NOT_PROVEN),
    ("proof/before-token", "proves-on-another-connection", _KEPT_RULES, _NOT_PROVEN),
    (
        "proof/each-connection",
        "proves-only-the-first-connection",
        "a proof for each of two connections",
        _NOT_PROVEN,
    ),
    ("proof/wrong", "takes-any-proof", _BACKEND_S, "^{'proof': '[0-9a-f]{64}'}$"),
    ("proof/missing", "asks-for-no-proof", _BACKEND_S, "^{'product'"),
    ("proof/not-json", "asks-for-no-proof", "status 200", "JSONDecodeError"),
    ("proof/not-text", "takes-any-proof", _BACKEND_S, "^{'proof': True}$"),
    ("proof/silence", "waits-for-silence", _NO_ANSWER, _NOTHING),
    ("proof/redirect", "asks-for-no-proof", "status 200", "^status 307"),
    ("proof/port-taken-over", "proves-only-the-first-connection", _BACKEND_S, "^{'proof': '[0-9a-f]{64}'}$"),
    ("proof/replayed", "uses-one-nonce", _BACKEND_S, "a nonce is used once$"),
    ("protocol/newer-too", "takes-only-its-own-protocol", _AGENT_S, _BY_BACKEND),
    ("protocol/too-new", "believes-any-file", _BACKEND_S, _BY_AGENT),
    ("protocol/too-old", "believes-any-file", _BACKEND_S, _BY_AGENT),
    ("protocol/refused", "tries-for-ever", "tries: 1", "^5$"),
    ("requests/headers", "sends-what-browsers-send", _KEPT_RULES, "sec-fetch-mode is never sent"),
    ("requests/headers", "says-not-who-it-is", _KEPT_RULES, "X-HiveSync-Client is <name>"),
    ("requests/body", "sends-its-body-as-a-form", "body as it arrived: {'name'", "^{'name'"),
    ("requests/other-methods", "posts-everything", "status 200", "^status 404"),
    (
        "requests/query",
        "puts-the-query-right",
        "query as it arrived: limit=2&q=a%20b%26c%2Fd",
        r"^limit=2&q=a\+b",
    ),
    (
        "requests/keys-differ",
        "has-one-key",
        "body: {'number': 2, 'name': 'made'}",
        "^{'number': 1, 'name': 'made'}$",
    ),
    ("requests/overlapping", "does-one-thing-at-a-time", _NO_ANSWER, _NOTHING),
    (
        "requests/command-lines",
        "shows-its-token-to-all-users",
        "no token on a command line",
        r"import time; time\.sleep",
    ),
    ("requests/nothing-on-disk", "keeps-its-token-in-a-file", "no token on disk", r"^one in cache\.txt$"),
    ("answers/slow-body", "has-no-patience", "body: {'text'", _BY_BACKEND),
    (
        "answers/ten-megabytes",
        "reads-only-the-first-piece",
        "10,000,000 characters as sent",
        'answered_by": "backend"',
    ),
    ("answers/hostile-texts", "cleans-texts", "body: {'terminal'", r"^{'terminal': '\]0;owned"),
    (
        "answers/broken-off",
        "takes-half-an-answer",
        "an error, or the backend's answer",
        '^status 200, .*"agent"',
    ),
    (
        "answers/redirect",
        "follows-redirects",
        "bytes that arrived where the redirect points: b''",
        "^b'GET /x .*Authorization: Bearer",
    ),
    (
        "refusals/agent-401-new-token",
        "never-reads-the-file-again",
        "status 201",
        "^status 401, .*AUTH_INVALID",
    ),
    ("refusals/agent-401-for-ever", "tries-for-ever", "at most two tries", "^5$"),
    (
        "refusals/agent-401-signed-out",
        "takes-every-401-for-the-agents",
        "status 401 AUTH_REQUIRED",
        '^status 200, .*"backend"',
    ),
    (
        "refusals/backend-401",
        "takes-every-401-for-the-agents",
        "status 401 AUTH_EXPIRED",
        '^status 200, .*"backend"',
    ),
    ("refusals/forbidden", "hides-errors", "code: FORBIDDEN", "^None$"),
    ("refusals/tier-limit", "tries-for-ever", "tries through the agent: 1", "^5$"),
    ("refusals/offline-queued", "tries-for-ever", "tries through the agent: 1", "^5$"),
    ("refusals/rate-limited", "tries-for-ever", "2 s of patience", r"^0\.\d\d s$"),
    ("refusals/backend-away", "tries-for-ever", "2 s of patience", r"^0\.\d\d s$"),
    ("switching/away-and-back", "stays-direct", _AGENT_S, _BY_BACKEND),
    ("switching/killed", "gives-up-when-the-agent-dies", "status 200", "^error AGENT_STALE"),
    ("switching/late-agent", "stays-direct", _AGENT_S, _BY_BACKEND),
    ("switching/death-in-a-change", "forgets-the-key-when-direct", _MADE_ONCE, _MADE_TWICE),
    ("switching/death-in-a-read", "gives-up-when-the-agent-dies", "status 200", "^error AGENT_STALE"),
    ("switching/idle-connection-closed", "keeps-a-dead-connection", "status 201", "^status 404"),
    ("switching/connection-closed-meanwhile", "keeps-a-dead-connection", "status 201", "^status 404"),
    ("restarts/between-calls", "never-reads-the-file-again", _AGENT_S, _BY_BACKEND),
    ("restarts/in-a-change", "has-a-new-key-for-each-try", _MADE_ONCE, _MADE_TWICE),
    ("restarts/in-a-local-call", "never-reads-the-file-again", "status 201", "^error AGENT_STALE"),
    ("direct/change", "sends-no-key-when-direct", _MADE_ONCE, "^{'number': 0, 'name': 'made'}$"),
    ("direct/expired-token", "keeps-a-token-that-has-run-out", "status 201", "^status 401, .*AUTH_EXPIRED"),
    ("direct/still-running", "forgets-the-key-when-direct", _MADE_ONCE, _MADE_TWICE),
    ("direct/redirect", "follows-redirects-of-the-backend", "no success", "^status 200"),
    ("direct/local-route", "asks-the-backend-for-what-is-local", "an error that says why", "^status 404"),
    ("direct/backend-gone", "dies-of-an-error", "an answer", _NOTHING),
    (
        "events/delivered",
        "drops-events-that-it-does-not-know",
        "2 events within 5 s",
        r"^\[{'id': 'e1'[^{]*{[^{]*}}\]$",
    ),
    ("events/framing", "reads-lines-of-data-apart", "3 events within 5 s", r"^\[\]$"),
    ("events/resumed", "resumes-at-the-beginning", "Last-Event-ID: r2", '"host"'),
    ("events/reset", "drops-resets", "2 events within 5 s", r"^\[{'id': 's1'[^{]*}\]$"),
    ("events/across-a-restart", "never-reads-the-file-again", _OPENED, "^0 times$"),
    ("events/away-and-back", "ends-with-its-first-stream", _OPENED, "^0 times$"),
    ("events/calls-beside", "has-one-connection-for-all", _NO_ANSWER, _NOTHING),
)
SEEN = [Seen(*each) for each in _PLAYED]
