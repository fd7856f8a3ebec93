"""What a request target may look like. Refuses everything that two parsers could read differently.

The relay's rules compare paths, and the backend reads the path again with another parser. So a target
that needs any normalisation (dot segments, empty segments, encoded slashes, double encoding) is refused
instead of normalised: absolute forms and `//host` would also name another host (mitmweb CVE-2025-23217).
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from hivesync_agent.problems import BadRequest

_PLAIN = re.compile(r"(?:/(?!\.\.?(?:/|$))[A-Za-z0-9._~!$&'()*+,=:@-]+)+/?|/")
"""A path without percent-encoding, empty segments and dot segments: nearly every request."""

_ENCODED = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})+)+/?")
_QUERY = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?%\[\]|\"{}^`-]*")
_STILL_ENCODED = re.compile(rb"%[0-9A-Fa-f]{2}")
_CONTROL_OR_SEPARATOR = re.compile(rb"[\x00-\x1f\x7f/\\;]")


def split_target(target: str) -> tuple[str, str]:
    """Give path and query of an origin-form target, or raise `BadRequest`.

    The path comes back as it was sent: it is proven to mean the same in every reading.
    """
    path, _, query = target.partition("?")
    if not target.startswith("/") or target.startswith("//"):
        raise BadRequest("The request target must be a path.")
    if not _PLAIN.fullmatch(path):
        _check_encoded(path)
    if query and not _QUERY.fullmatch(query):
        raise BadRequest("The query holds characters that must be encoded.")
    return path, query


def _check_encoded(path: str) -> None:
    if not _ENCODED.fullmatch(path):
        raise BadRequest("The path is not in its normal form.")
    for segment in path.split("/"):
        decoded = unquote_to_bytes(segment)
        if decoded in (b".", b"..") or _CONTROL_OR_SEPARATOR.search(decoded):
            raise BadRequest("The path holds an encoded separator, dot segment or control character.")
        if _STILL_ENCODED.search(decoded):
            raise BadRequest("The path is encoded twice.")
