"""One ssh process that carries the agent's port to another machine, for as long as the user lets it run.

The port has the same number on both sides, since the agent answers to its own address only: a request for
another one may come from a web page. It listens on the other machine's 127.0.0.1, never on its network.
"""

from __future__ import annotations

import contextlib
import json
import platform
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from queue import SimpleQueue
from typing import IO

from hivesync_contract.discovery import DiscoveryFile, discovery_name
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.remote.script import NOT_WRITTEN, OWN_AGENT, READY, remote_command

_END_SECONDS = 5.0
_SSH_FAILED = 255
_PORT_TAKEN = "remote port forwarding failed"
_OPTIONS = (
    *("-T", "-a", "-x"),
    *("-o", "ExitOnForwardFailure=yes"),
    # A shared connection would outlive this command, and the forward with it.
    *("-o", "ControlPath=none"),
    *("-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3"),
)


class ForwardRefused(HiveSyncError):
    """The other machine, or ssh, does not want it; trying again changes nothing."""

    code = ErrorCode.CONFLICT


class PortTaken(ForwardRefused):
    """The agent's port can't be had on the other machine."""


class ForwardLost(HiveSyncError):
    """The connection to the other machine broke, or could not be made."""

    code = ErrorCode.UPSTREAM_UNREACHABLE
    retryable = True


class Forward:
    """Give it the agent's discovery file; `ready` says when editors there can find the agent."""

    def __init__(self, host: str, options: Sequence[str], discovery: DiscoveryFile) -> None:
        self.discovery = discovery
        self._host = host
        self._said: list[str] = []
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        local = f"127.0.0.1:{discovery.port}"
        command = ["ssh", *_OPTIONS, "-R", f"{local}:{local}", *options, "--", host]
        pipe = subprocess.PIPE
        try:
            self._ssh = subprocess.Popen(
                [*command, remote_command(discovery_name(discovery.profile))],
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                # Ctrl-C is ours alone: ssh ends when its input does, after the other side has tidied up.
                start_new_session=sys.platform != "win32",
            )
        except FileNotFoundError:
            raise ForwardRefused("There is no `ssh` command on this machine; install OpenSSH.") from None
        if self._ssh.stdin is None or self._ssh.stdout is None or self._ssh.stderr is None:
            raise RuntimeError("no pipes")
        self._threads = [
            threading.Thread(target=self._pass_on, args=(self._ssh.stderr,), daemon=True),
            threading.Thread(target=self._read, args=(self._ssh.stdout,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self._send(_remote_file(discovery))

    def until_ready(self) -> None:
        """Wait, as long as ssh does; raise `ForwardRefused` or `ForwardLost` if it has ended."""
        while READY.encode() not in self._next_line():  # a login script may print things, too
            pass

    def check(self) -> None:
        """Raise `ForwardLost` if ssh has ended."""
        if self._ssh.poll() is not None:
            raise ForwardLost(f"The connection to {self._host} is lost.")

    def _next_line(self) -> bytes:
        if line := self._lines.get():
            return line
        raise self._failure()

    def close(self) -> None:
        """End it; the other side takes the discovery file away."""
        if self._ssh.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # ssh is gone already, and what was not sent with it
                self._ssh.stdin.close()
        try:
            self._ssh.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._ssh.kill()
            self._ssh.wait()
        for thread in self._threads:
            thread.join()
        for pipe in (self._ssh.stdout, self._ssh.stderr):
            if pipe is not None:
                pipe.close()

    def _send(self, line: bytes) -> None:
        if self._ssh.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # ssh has ended, and says why by itself
                self._ssh.stdin.write(line)
                self._ssh.stdin.flush()

    def _pass_on(self, stderr: IO[bytes]) -> None:
        """Show what ssh says: it may be a question, or a warning about the other machine's key."""
        for line in stderr:
            text = line.decode("utf-8", "replace").rstrip()
            self._said.append(text)
            print(text, file=sys.stderr, flush=True)  # noqa: T201 - a command's own words

    def _read(self, stdout: IO[bytes]) -> None:
        for line in stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def _failure(self) -> HiveSyncError:
        code = self._ssh.wait()
        for thread in self._threads:
            thread.join(_END_SECONDS)
        if any(_PORT_TAKEN in line for line in self._said):
            return PortTaken(
                f"Port {self.discovery.port} is taken on {self._host}, or its ssh server forwards no ports "
                "(AllowTcpForwarding). `hivesync agent restart` gives the agent another port."
            )
        if code == OWN_AGENT:
            return ForwardRefused(
                f"{self._host} has an agent of its own, and editors there use that one; end it first: "
                f"`ssh {self._host} hivesync agent stop`."
            )
        if code == NOT_WRITTEN:
            return ForwardRefused(f"HiveSync's runtime folder on {self._host} can't be written.")
        if code == _SSH_FAILED or code < 0:
            return ForwardLost(f"ssh could not connect to {self._host}, or lost it.")
        return ForwardRefused(f"{self._host} could not run what it takes (exit code {code}); is it a Unix?")


def _remote_file(discovery: DiscoveryFile) -> bytes:
    """Give the discovery file as the other machine gets it, in one line."""
    forwarded = replace(discovery, forwarded_from=platform.node() or "another machine")
    return json.dumps(asdict(forwarded)).encode() + b"\n"
