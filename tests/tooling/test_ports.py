"""Ports are chosen so that a second demo, or the developer's own server, is never in the way."""

import socket

import pytest
from hivesync_dev.stack import ports
from hivesync_dev.stack.ports import any_free_port, free_ports, is_free, preferred_port


def test_a_taken_port_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free(port)
        assert preferred_port(port) != port


def test_a_free_port_is_taken_as_wished() -> None:
    port = any_free_port()
    assert preferred_port(port) == port


def test_many_are_all_different_and_none_is_one_that_a_system_hands_out() -> None:
    found = free_ports(50)
    assert len(set(found)) == 50
    assert max(found) < 32_768


def test_too_few_is_an_error_and_no_endless_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda *_: False)
    with pytest.raises(OSError, match="only 0 were free"):
        free_ports(1)
