"""The log helps, and gives nothing away: SECURITY.md, "whoever reads logs or a support bundle"."""

from __future__ import annotations

import json
import logging
import stat
import sys
from pathlib import Path

import pytest
from hivesync_agent.log import LOG_BYTES, JsonLines, PrivateLog, redact, tail

TOKEN = "s3cr3tS3cr3t_s3cr3t-S3cr3tS3cr3ts3cr3tS3cr3"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"Authorization: Bearer {TOKEN}", TOKEN),
        ("authorization: bearer short-one", "short-one"),
        ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        (f"the token {TOKEN} in a sentence", TOKEN),
        (f"('{TOKEN}',)", TOKEN),
        (f"jwt={JWT}", "dozjgNryP4J3jVmNHl0w5N"),
        (f"cut {JWT[:60]}", "eyJzdWIi"),
        ("mail to ada.lovelace@example.com failed", "lovelace"),
        ("GET https://api.example.com/x?token=abc&y=1 failed", "token=abc"),
        ("https://worker.example/p/1#open-token", "open-token"),
        ("refresh_token=abcdefgh&x", "abcdefgh"),
        ('{"password": "hunter2hunter2"}', "hunter2"),
    ],
)
def test_secrets_are_taken_out(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "agent started on port 49152",
        "0199c1b2-7a3e-7cc0-8a1b-2f6d1f0e9a11",
        "/home/ada/projects/app/src/screens/Home.tsx",
        "GET /api/v1/projects 200",
    ],
)
def test_what_helps_stays(text: str) -> None:
    assert redact(text) == text


def record(message: str, **fields: object) -> logging.LogRecord:
    """Make a record as a caller would."""
    return logging.getLogger("hivesync.test").makeRecord(
        "hivesync.test", logging.INFO, __file__, 1, message, (), None, extra=fields
    )


def test_fields_and_exceptions_are_redacted_too() -> None:
    try:
        raise ValueError(f"bad header: Bearer {TOKEN}")
    except ValueError:
        failed = record("request failed", header=f"Bearer {TOKEN}", status=500, nested={"t": TOKEN})
        failed.exc_info = sys.exc_info()
    line = JsonLines().format(failed)
    assert TOKEN not in line
    parsed = json.loads(line)
    assert parsed["status"] == 500
    assert "ValueError" in parsed["exception"]


def test_a_record_is_one_line_whatever_it_holds() -> None:
    line = JsonLines().format(record("first\nsecond", field="a\r\nb\u2028c"))
    assert len(line.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_every_file_is_the_users_alone_after_rotation_too(tmp_path: Path) -> None:
    path = tmp_path / "log" / "agent.default.log"
    handler = PrivateLog(path)
    for _ in range(3):
        handler.emit(record("x " * (LOG_BYTES // 4)))
    handler.close()
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == [f"agent.default.log{end}" for end in ("", ".1", ".2")]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_tail_is_short_and_redacted(tmp_path: Path) -> None:
    path = tmp_path / "agent.log"
    path.write_text("".join(f"line {number} Bearer {TOKEN}\n" for number in range(1000)))
    lines = tail(path, 10)
    assert lines == [f"line {number} Bearer [secret]" for number in range(990, 1000)]
    assert tail(tmp_path / "absent.log", 10) == []
