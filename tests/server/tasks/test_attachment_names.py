"""Names of attached files, however they were sent."""

from __future__ import annotations

import pytest
from hivesync_server.tasks.attachments.names import safe_name
from hivesync_server.tasks.attachments.uploads import download_type, part_sizes
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\plan.pdf", "plan.pdf"),
        ("/plan.pdf", "plan.pdf"),
        ("..", ""),
        ("a/", ""),
        (".htaccess", "htaccess"),
        ("plan.pdf. . ", "plan.pdf"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie: x"),
        ("a\x00b\x7fc\x85d", "abcd"),
        ("\u202egpj.exe", "gpj.exe"),
        ("\u2066a\u2069\u200f\ufeff.txt", "a.txt"),
        ("a\u2028b", "ab"),
        ("Cafe\u0301.txt", "Café.txt"),
        ("नक्‍शा 👩‍💻.txt", "नक्‍शा 👩‍💻.txt"),
        ("\u200d\u200c", ""),
        ("x" * 300 + ".tar.gz", "x" * 252 + ".gz"),
        ("x" * 300, "x" * 255),
        ("x." + "y" * 300, "x." + "y" * 253),
    ],
)
def test_a_name_is_made_harmless(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@given(st.text(max_size=400))
def test_whatever_is_sent_the_name_is_one_and_stays_so(sent: str) -> None:
    name = safe_name(sent)
    assert len(name) <= 255
    assert not set(name) & set("/\\\r\n\0\u202e")
    assert name not in (".", "..")
    assert safe_name(name) == name


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "x/y"])
def test_what_a_browser_would_run_is_downloaded_as_bytes(kind: str) -> None:
    assert download_type(kind) == "application/octet-stream"
    assert download_type("image/png") == "image/png"


@given(st.integers(1, 100 * 1024 * 1024))
def test_parts_are_as_r2_wants_them(size: int) -> None:
    parts = part_sizes(size)
    assert sum(parts) in (0, size)
    assert bool(parts) == (size > 16 * 1024 * 1024)
    assert all(part == 8 * 1024 * 1024 for part in parts[:-1])
    assert all(0 < part <= 8 * 1024 * 1024 for part in parts)
