"""The text of the systemd unit. Quotes by the rules of systemd.service(5) and systemd.syntax(7)."""

from __future__ import annotations

import re

from hivesync_agent.service.autostart import ServiceError
from hivesync_agent.service.job import (
    RESTART_SECONDS,
    RESTARTS_MAX,
    RESTARTS_WINDOW_SECONDS,
    STOP_SECONDS,
    Job,
)

_VARIABLE = "Environment="
_ESCAPED = re.compile(r"\\(.)|%(%)")


def unit_text(job: Job) -> str:
    """Give the unit. `default.target`: with the user's first login, or at boot with lingering."""
    lines = [
        "# Written by `hivesync service install`; a later install replaces it.",
        "[Unit]",
        f"Description=HiveSync desktop agent (profile {job.profile})",
        f"StartLimitIntervalSec={RESTARTS_WINDOW_SECONDS}",
        f"StartLimitBurst={RESTARTS_MAX}",
        "",
        "[Service]",
        "Type=exec",
        f"ExecStart={_command(job.command)}",
        *(f"{_VARIABLE}{_quoted(f'{name}={value}')}" for name, value in job.environment.items()),
        "WorkingDirectory=~",
        # An agent that ends by itself was told to; only a crash brings it back.
        "Restart=on-failure",
        f"RestartSec={RESTART_SECONDS}",
        f"TimeoutStopSec={STOP_SECONDS}",
        # Helpers that the agent has started end with it, but only after it has drained.
        "KillMode=mixed",
        "UMask=0077",
        "NoNewPrivileges=yes",
        "",
        "[Install]",
        "WantedBy=default.target",
        "",
    ]
    return "\n".join(lines)


def environment_of(text: str) -> dict[str, str]:
    """Give the variables that a unit of ours sets; undoes the quoting."""
    words = (line.removeprefix(_VARIABLE) for line in text.splitlines() if line.startswith(_VARIABLE))
    plain = (_ESCAPED.sub(lambda found: found[1] or found[2], word[1:-1]) for word in words)
    return dict(word.split("=", 1) for word in plain if "=" in word)


def _command(arguments: tuple[str, ...]) -> str:
    """Quote each argument. With a `:` before it no `$` means a variable; older systemd lacks the sign,
    so it is written only where it is needed."""
    if set(arguments[0]) & set("\"'\\"):
        # systemd takes no program whose name holds these, quoted or not; as an argument it does.
        arguments = ("/usr/bin/env", *arguments)
    prefix = ":" if any("$" in argument for argument in arguments) else ""
    return prefix + " ".join(map(_quoted, arguments))


def _quoted(text: str) -> str:
    """Give one word in double quotes; `%` begins a specifier everywhere in a unit."""
    if not text.isprintable():
        raise ServiceError(f"{text!r} holds control characters, which no service file can carry.")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
