"""What differs between the two clients beyond spelling. Its twin in `_async` is written by hand too."""

from collections.abc import Callable
from threading import Lock
from time import sleep
from typing import ParamSpec, TypeVar

from hivesync.credentials.drivers import drive

__all__ = ["Lock", "drive", "run_blocking", "sleep"]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def run_blocking(
    call: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Result:
    """Make the call here: the synchronous client may block."""
    return call(*args, **kwargs)
