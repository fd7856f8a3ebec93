"""Towards the backend: certificates are checked, SSL_CERT_FILE and HTTPS_PROXY are honoured."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hivesync import AsyncClient, Offline, Settings
from hivesync_dev.servers.impostor import Impostor
from hivesync_dev.servers.scripted import json_answer

HEALTH = {"status": "ok", "version": "0", "env": "local", "upload_origins": []}


def self_signed(folder: Path) -> Path:
    """Make a certificate for `localhost` that nobody knows; the key lies in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return self_signed(tmp_path)


@pytest.fixture
async def secure_origin(certificate: Path) -> AsyncIterator[str]:
    """A backend that speaks TLS with that certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    app = web.Application()
    app.router.add_get("/api/v1/health", json_answer(HEALTH))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield f"https://localhost:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_certificate_that_nobody_knows_is_refused(
    secure_origin: str, new_client: Callable[..., AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(Offline, match="certificate"):
        await new_client(settings=Settings(server_url=secure_origin)).health()


async def test_a_certificate_of_ssl_cert_file_is_believed(
    secure_origin: str,
    certificate: Path,
    new_client: Callable[..., AsyncClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert (await new_client(settings=Settings(server_url=secure_origin)).health()).status == "ok"


async def test_the_name_in_the_certificate_counts(
    secure_origin: str,
    certificate: Path,
    new_client: Callable[..., AsyncClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    other_name = secure_origin.replace("localhost", "127.0.0.1")
    with pytest.raises(Offline):
        await new_client(settings=Settings(server_url=other_name)).health()


async def test_a_remote_backend_is_reached_through_the_proxy_of_the_environment(
    new_client: Callable[..., AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Impostor(0, b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        settings = Settings(server_url="https://api.example.test", token="canary-key")
        with pytest.raises(Offline):
            await new_client(settings=settings).me()
        assert proxy.received.startswith(b"CONNECT api.example.test:443 ")
        assert b"canary-key" not in proxy.received


async def test_no_proxy_is_honoured(
    new_client: Callable[..., AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Impostor(0, b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "192.0.2.1")
        # TEST-NET-1 (RFC 5737) leads nowhere; all that counts is that the proxy is not asked.
        client = new_client(settings=Settings(server_url="https://192.0.2.1"), timeout_seconds=0.2)
        with pytest.raises(Offline):
            await client.health()
        assert proxy.connections == 0
