"""Header names, written once."""

AGENT = "X-HiveSync-Agent"
"""On answers the agent itself made: its version. Stripped from upstream answers, so it can be believed."""

CLIENT = "X-HiveSync-Client"
"""On every local request: `<name>/<version>` of the caller."""

PROTOCOL = "X-HiveSync-Protocol"
"""On local requests, optional: the protocol version the client speaks, a whole number."""

OFFLINE = "X-HiveSync-Offline"
"""On a stored answer that was given because the backend could not be asked: its age in whole seconds."""

REQUEST_ID = "X-Request-ID"
IDEMPOTENCY_KEY = "Idempotency-Key"

RATE_LIMIT_POLICY = "RateLimit-Policy"
"""On answers of the backend: how many requests (`q`) each window of `w` seconds takes."""

RATE_LIMIT = "RateLimit"
"""On answers of the backend: how many requests (`r`) are left, and in `t` seconds all are again."""

WEBHOOK_ID = "webhook-id"
WEBHOOK_TIMESTAMP = "webhook-timestamp"
WEBHOOK_SIGNATURE = "webhook-signature"
