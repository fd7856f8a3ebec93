"""The environment of the stack's children: what a program needs to run, and nothing of the user's set-up.

A developer may have DATABASE_URL or HIVESYNC_TOKEN set for something real; the stack must not use it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

_PASSED_ON = frozenset(
    {
        "HOME",
        "LANG",
        "LC_ALL",
        "PATH",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "SYSTEMROOT",
        "TEMP",
        "TMP",
        "TMPDIR",
        "TZ",
        "USER",
        "USERPROFILE",
    }
)


def clean_env(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the part of the environment that is passed on."""
    source = os.environ if environ is None else environ
    kept = {name: value for name, value in source.items() if name in _PASSED_ON}
    return kept | {"PYTHONUNBUFFERED": "1", "NO_PROXY": "127.0.0.1,localhost"}
