"""Another machine, reached by a real sshd: with a network, a home and a runtime folder of its own.

It is a network and mount namespace, which takes root on Linux. ssh gets into it by `ProxyCommand`, so sshd
needs no port, and no file of the machine is touched.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hivesync_dev.testing import require_tool

OTHER_ADDRESS = "192.0.2.77"
"""An address of that machine in a network (RFC 5737: for documentation), not of its loopback."""

_HINT = "apt-get install openssh-server openssh-client"
_SETUP = """
import fcntl, socket, struct, subprocess, sys
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
subprocess.run(["mkdir", "-p", "/run/sshd"], check=True)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    def set_up(name, address):
        packed = struct.pack("16sH2s4s8s", name, socket.AF_INET, b"", socket.inet_aton(address), b"")
        fcntl.ioctl(probe, 0x8916, packed)  # SIOCSIFADDR
        fcntl.ioctl(probe, 0x8914, struct.pack("16sH14s", name, 0x41, b""))  # SIOCSIFFLAGS: up, running
    set_up(b"lo", "127.0.0.1")
    set_up(b"lo:1", sys.argv[1])
print("ready", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True, slots=True)
class RemoteMachine:
    """`ssh -F config remote` leads there."""

    config: Path
    home: Path
    namespace: int

    @property
    def runtime(self) -> Path:
        """Give the folder of discovery files there."""
        return self.home / "run" / "hivesync"

    def run(self, *command: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run a command there, by ssh."""
        ssh = ["ssh", "-F", str(self.config), *options, "--", "remote", *command]
        return subprocess.run(ssh, capture_output=True, text=True, timeout=60, check=False)

    def python(self, program: str, *arguments: str, options: tuple[str, ...] = ()) -> str:
        """Run a program of one line there and give what it prints."""
        done = self.run(sys.executable, "-c", f"'{program}'", *arguments, options=options)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        return done.stdout.strip()

    def hivesync(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command there."""
        return self.run(sys.executable, "-m", "hivesync_agent", *arguments)


@contextlib.contextmanager
def remote_machine(folder: Path) -> Iterator[RemoteMachine]:
    """Run one until the block ends; skip the test where it can't run."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("another machine on this one takes root on Linux")
    sshd = require_tool("sshd", _HINT)
    require_tool("ssh", _HINT)
    home = folder / "home"
    for path in (folder, home, home / "run"):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    command = ["unshare", "--net", "--mount", sys.executable, "-c", _SETUP, OTHER_ADDRESS]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as holder:
        try:
            if holder.stdout is None or holder.stdout.readline() != "ready\n":
                pytest.skip(f"namespaces are not allowed here: {holder.communicate()[1]}")
            yield RemoteMachine(_configure(folder, home, sshd, holder.pid), home, holder.pid)
        finally:
            holder.kill()


def _configure(folder: Path, home: Path, sshd: str, namespace: int) -> Path:
    key = (folder / "user_key.pub").read_text()
    (folder / "authorized_keys").write_text(key)
    (folder / "known_hosts").write_text(f"remote {(folder / 'host_key.pub').read_text()}")
    environment = {
        "HOME": home,
        "XDG_RUNTIME_DIR": home / "run",
        "PATH": os.environ["PATH"],
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    (folder / "sshd_config").write_text(
        f"HostKey {folder / 'host_key'}\n"
        f"AuthorizedKeysFile {folder / 'authorized_keys'}\n"
        "PermitRootLogin prohibit-password\nStrictModes no\nUsePAM no\nPidFile none\n"
        # What is listened on is the client's choice, so a careless one shows.
        "GatewayPorts clientspecified\n"
        f"SetEnv {' '.join(f'{name}={value}' for name, value in environment.items())}\n"
    )
    config = folder / "ssh_config"
    inside = f"nsenter --target {namespace} --net --mount {sshd} -i -f {folder / 'sshd_config'}"
    config.write_text(
        f"Host remote\n  User root\n  IdentityFile {folder / 'user_key'}\n  IdentitiesOnly yes\n"
        f"  UserKnownHostsFile {folder / 'known_hosts'}\n  BatchMode yes\n  ProxyCommand {inside}\n"
    )
    return config
