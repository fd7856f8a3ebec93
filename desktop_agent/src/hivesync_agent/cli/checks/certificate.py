"""Whether the backend's certificate is believed; if not, whose it is and why not."""

from __future__ import annotations

import contextlib
import ssl
import time
from datetime import UTC, datetime
from typing import Any, cast

import httpcore

from hivesync_agent.cli.checks.check import Machine
from hivesync_agent.cli.checks.finding import Seen, ok, wrong
from hivesync_agent.cli.checks.way import Way, find, reason, trust

# X509_V_ERR_… of OpenSSL's x509_vfy.h, which Python hands on as `verify_code`
_NOT_YET_VALID, _EXPIRED = 9, 10
_UNTRUSTED = {2, 18, 19, 20, 21}
_OTHER_NAME = {62, 64}
_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME, which Python has no name for."""


def check_certificate(machine: Machine) -> Seen:
    """Begin TLS as the agent does."""
    way = Way(machine.origin)
    if not way.is_secure:
        return ok("none is needed within this machine")
    try:
        context = trust()
    except OSError as error:
        return wrong(
            f"SSL_CERT_FILE can't be used ({error.strerror or error})",
            "It must name a file of certificates in PEM form, or be unset.",
        )
    try:
        with contextlib.closing(way.secure(context)) as stream:
            issuer = _name(stream.get_extra_info("ssl_object").getpeercert(), "issuer")
            return ok(f"trusted, from {issuer}")
    except (httpcore.NetworkError, httpcore.TimeoutException) as error:
        refused = find(error, lambda each: isinstance(each, ssl.SSLCertVerificationError))
        if refused is not None:
            return _explained(way, cast("ssl.SSLCertVerificationError", refused))
        return wrong(
            f"{way.host} does not speak TLS as it should ({reason(error)})",
            "Something else may answer there: a proxy, a captive portal, or a wrong port.",
        )


def _explained(way: Way, refused: ssl.SSLCertVerificationError) -> Seen:
    shown = _look_at(way)
    today = datetime.now(UTC).date()
    if refused.verify_code == _EXPIRED:
        return wrong(
            f"its certificate ended on {_day(shown, 'notAfter')}, and this machine's clock says {today}",
            "If that date is wrong, set the clock. Else whoever runs the server must renew the certificate.",
        )
    if refused.verify_code == _NOT_YET_VALID:
        return wrong(
            f"its certificate begins on {_day(shown, 'notBefore')}, and this machine's clock says {today}",
            "Set this machine's clock.",
        )
    if refused.verify_code in _OTHER_NAME:
        names = ", ".join(value for _, value in shown.get("subjectAltName", ())) or _name(shown, "subject")
        return wrong(
            f"its certificate is for {names}, not for {way.host}",
            "Is HIVESYNC_SERVER_URL right? Else something answers in the server's place: a proxy, a portal.",
        )
    if refused.verify_code in _UNTRUSTED:
        return wrong(
            f"its certificate is from {_name(shown, 'issuer')}, whom this machine does not trust",
            "If that is your company's own authority, have it added to the system's trust store, or name its "
            "file in SSL_CERT_FILE and run `hivesync agent restart`. If not, somebody may be listening in.",
        )
    return wrong(f"its certificate is refused: {refused.verify_message}", "Ask whoever runs the server.")


def _look_at(way: Way) -> dict[str, Any]:
    """Give what the refused certificate says, to be shown only. Nothing is sent over these connections.

    Python decodes what it has verified; so it is verified against itself, whatever its names and its time.
    """
    unchecked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unchecked.check_hostname = False
    unchecked.verify_mode = ssl.CERT_NONE
    try:
        with contextlib.closing(way.secure(unchecked)) as stream:
            encoded = stream.get_extra_info("ssl_object").getpeercert(True)
        by_itself = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        by_itself.check_hostname = False
        by_itself.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
        by_itself.load_verify_locations(cadata=encoded)
        with contextlib.closing(way.secure(by_itself)) as stream:
            return stream.get_extra_info("ssl_object").getpeercert() or {}
    except (httpcore.NetworkError, httpcore.TimeoutException, ssl.SSLError):
        return {}  # the finding stands without the details


def _name(certificate: dict[str, Any], field: str) -> str:
    told = {key: value for part in certificate.get(field, ()) for key, value in part}
    names = (told.get(key) for key in ("commonName", "organizationName", "organizationalUnitName"))
    return next((f"“{name}”" for name in names if name), "somebody unnamed")


def _day(certificate: dict[str, Any], field: str) -> str:
    if field not in certificate:
        return "another day"
    return time.strftime("%Y-%m-%d", time.gmtime(ssl.cert_time_to_seconds(certificate[field])))
