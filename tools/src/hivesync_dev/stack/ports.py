"""Choose TCP ports for servers that can't pick one by themselves.

They lie below what any system hands out by itself (Linux begins at 32768, the others at 49152), so that no
client's connection takes one between here and the server's start; two who choose at once hardly meet.
"""

from __future__ import annotations

import itertools
import random
import socket

LOOPBACK = "127.0.0.1"
CHOSEN = range(10_000, 32_000)
_TRIES = 1000


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Tell whether nobody listens on `port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port in TIME_WAIT after a restart counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_ports(count: int, host: str = LOOPBACK) -> list[int]:
    """Give ports that nobody listens on, all different. Raise `OSError` when there are not enough."""
    candidates = (port for port in random.sample(CHOSEN, _TRIES) if is_free(port, host))
    found = list(itertools.islice(candidates, count))
    if len(found) < count:
        raise OSError(f"of {_TRIES} ports only {len(found)} were free")
    return found


def any_free_port(host: str = LOOPBACK) -> int:
    """Give a port that nobody listens on."""
    return free_ports(1, host)[0]


def preferred_port(port: int, host: str = LOOPBACK) -> int:
    """Give `port` if it is free, else another."""
    return port if is_free(port, host) else any_free_port(host)
