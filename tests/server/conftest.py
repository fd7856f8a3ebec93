"""A whole backend for every test: real sockets, a real S3, and each database that we support."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_dev.servers.redis import RedisServer
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.servers.s3 import S3Server
from hivesync_dev.servers.shared_statements import shared_statements
from hivesync_server.migrations import configured
from hivesync_server.settings import Settings, load

SHARED_SECRET = secrets.token_urlsafe(32)


@pytest.fixture(scope="session", autouse=True)
def compiled_statements() -> Iterator[None]:
    """Compile each statement once in a run."""
    with shared_statements():
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One Postgres for the run."""
    with PostgresServer(durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """One object store for the run."""
    with S3Server() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A server of the Redis family for the run."""
    with RedisServer() as server:
        yield server.url


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """A database made by the real migrations, of which each test gets a copy."""
    import asyncio

    name = postgres.create_database()
    asyncio.run(configured.migrate(load({"DATABASE_URL": postgres.url(name)})))
    return name


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a file."""
    import asyncio

    folder = tmp_path_factory.mktemp("migrated")
    asyncio.run(configured.migrate(load({"HIVESYNC_DATA_DIR": str(folder)})))
    return folder / "hivesync.sqlite3"


def pytest_configure(config: pytest.Config) -> None:
    """Name our own markers."""
    config.addinivalue_line("markers", "any_database: what is tested does not depend on the database")
    config.addinivalue_line("markers", "postgres_only: what is tested needs a database server")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that needs a database on both, unless it says that any will do."""
    if "database" in metafunc.fixturenames:
        databases = ["sqlite", "postgres"]
        if metafunc.definition.get_closest_marker("any_database"):
            databases = ["sqlite"]
        if metafunc.definition.get_closest_marker("postgres_only"):
            databases = ["postgres"]
        metafunc.parametrize("database", databases, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables of a fresh, migrated database; see `pytest_generate_tests`."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "hivesync.sqlite3")
        yield {}
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create_database(request.getfixturevalue("migrated_postgres"))
    yield {"DATABASE_URL": server.url(name)}
    server.drop_database(name)


@pytest.fixture
async def worker() -> AsyncIterator[FakeWorker]:
    """A Worker that takes jobs and waits to be told what to report."""
    worker = FakeWorker(SHARED_SECRET)
    await worker.start()
    yield worker
    await worker.stop()


@pytest.fixture
def environ(tmp_path: Path, database: dict[str, str], worker: FakeWorker, s3: S3Server) -> dict[str, str]:
    """The environment of the backend; a test may change it before it asks for the backend."""
    return {
        "HIVESYNC_DATA_DIR": str(tmp_path),
        "PORT": "0",
        "WORKER_URL": worker.url,
        "WORKER_SHARED_SECRET": SHARED_SECRET,
        "JWT_SECRET": secrets.token_urlsafe(32),
        **s3.environment,
        **database,
    }


@pytest.fixture
def settings(environ: dict[str, str]) -> Settings:
    """The settings that the environment gives."""
    return load(environ)


@pytest.fixture
def clock() -> MovableClock:
    """The backend's clock."""
    return MovableClock()


@pytest.fixture
async def backend(settings: Settings, clock: MovableClock) -> AsyncIterator[RunningBackend]:
    """A backend that listens."""
    async with RunningBackend(settings, clock) as running:
        yield running


@pytest.fixture
async def client(backend: RunningBackend) -> AsyncIterator[httpx.AsyncClient]:
    """A client that is not signed in."""
    async with backend.client() as client:
        yield client


SignUp = Callable[[str], Awaitable[BackendUser]]


@pytest.fixture
async def sign_up(backend: RunningBackend) -> AsyncIterator[SignUp]:
    """Makes a signed-in user of that name."""
    async with AsyncExitStack() as stack:

        async def make(username: str) -> BackendUser:
            client = await stack.enter_async_context(backend.client())
            return await BackendUser(client, username).sign_up()

        yield make


@pytest.fixture
async def ann(sign_up: SignUp) -> BackendUser:
    """A signed-in user."""
    return await sign_up("ann")


@pytest.fixture
async def bob(sign_up: SignUp) -> BackendUser:
    """Another signed-in user."""
    return await sign_up("bob")


@pytest.fixture
def reporter(client: httpx.AsyncClient, clock: MovableClock) -> Reporter:
    """Sends callbacks as the Worker does."""
    return Reporter(client, SHARED_SECRET, lambda: clock().timestamp())
