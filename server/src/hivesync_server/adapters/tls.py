"""Whom we believe when we call others by HTTPS."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """Give the one context of this process: reading the certificates takes longer than most requests."""
    return httpx.create_ssl_context()
