"""Windows' answer to mode 0700: the command that leaves a folder to its user alone. Runs nothing itself.

CPython before 3.11.10 ignores the mode of `mkdir` on Windows (CVE-2024-4030), and later releases let
Administrators in as well, so the agent sets the list it wants.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def owner_only(folder: Path, user: str) -> list[str]:
    """Give the argument list. `(OI)(CI)` makes files and folders inside inherit the entry;
    without `/inheritance:r` the parent's entries for Users would stay."""
    return ["icacls", str(folder), "/inheritance:r", "/grant:r", f"{user}:(OI)(CI)F", "/Q"]


def account_name(environ: Mapping[str, str]) -> str:
    """Give the user as icacls wants it: with the domain, since a local and a domain name may be equal."""
    domain, user = environ.get("USERDOMAIN"), environ["USERNAME"]
    return f"{domain}\\{user}" if domain else user
