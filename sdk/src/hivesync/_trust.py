"""Which certificates are believed towards the backend: the OS trust store, or SSL_CERT_FILE if set."""

from __future__ import annotations

import os
import ssl


def backend_ssl_context() -> ssl.SSLContext:
    """Give a verifying TLS context; a corporate CA that the OS trusts is trusted here too."""
    if cert_file := os.environ.get("SSL_CERT_FILE"):
        return ssl.create_default_context(cafile=cert_file)
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def no_trust() -> ssl.SSLContext:
    """Give a context that trusts nobody: for clients that only speak plain HTTP to loopback."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
