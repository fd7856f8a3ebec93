"""What every test suite needs: the tools that come from neither PyPI nor npm."""

from __future__ import annotations

import os
import shutil

import pytest


def require_tool(name: str, install_hint: str) -> str:
    """Give the tool's path. Without it: fail in CI, where the run installs it; skip elsewhere."""
    path = shutil.which(name)
    if path is not None:
        return path
    message = f"{name} is not installed; {install_hint}"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message)
    pytest.skip(message)
