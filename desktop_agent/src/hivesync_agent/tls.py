"""Whom the agent believes when it calls the backend: the operating system's trust store, nobody else's."""

from __future__ import annotations

import ssl
import sys


def client_context(ca_file: str | None) -> ssl.SSLContext:
    """Give the context for connections to the backend. Reads files: call it in a thread.

    `ca_file` (`SSL_CERT_FILE`) is trusted beside the system's own certificates.
    """
    context = _system_context()
    if ca_file is not None:
        # OpenSSL reads the variable by itself; the trust stores of macOS and Windows don't.
        context.load_verify_locations(ca_file)
    return context


def _system_context() -> ssl.SSLContext:
    if sys.platform not in ("win32", "darwin") and ssl.get_default_verify_paths().cafile:
        # On Linux OpenSSL's store is the system's. truststore would read it again for each connection,
        # inside the event loop.
        return ssl.create_default_context()
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
