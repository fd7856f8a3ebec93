"""The API's description: FastAPI's own, completed with errors, headers, ways to sign in, and examples."""

from hivesync_server.openapi.document import DescribedApi

__all__ = ["DescribedApi"]
