"""Neovim, once as it is current and once as old as it can be had here."""

from __future__ import annotations

import pytest
from hivesync_dev.editors.installed import neovim_programs

_NEOVIMS = neovim_programs()


@pytest.fixture(params=list(_NEOVIMS.values()), ids=list(_NEOVIMS), scope="module")
def neovim(request: pytest.FixtureRequest) -> str:
    """The program."""
    return str(request.param)
