"""Ports are chosen so that a second demo, or the developer's own server, is never in the way."""

import socket

from hivesync_dev.stack.ports import any_free_port, is_free, preferred_port


def test_a_taken_port_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free(port)
        assert preferred_port(port) != port


def test_a_free_port_is_taken_as_wished() -> None:
    port = any_free_port()
    assert preferred_port(port) == port
