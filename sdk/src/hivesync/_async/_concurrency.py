"""What differs between the two clients beyond spelling. Its twin in `_sync` is written by hand too."""

from asyncio import Lock, sleep
from asyncio import to_thread as run_blocking

from hivesync.credentials.drivers import drive_async

__all__ = ["Lock", "drive_async", "run_blocking", "sleep"]
