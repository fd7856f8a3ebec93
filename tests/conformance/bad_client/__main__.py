"""The example client with one flaw, named on the command line: the runner must see it.

Run as a folder: `python bad_client FOLDER-OF-THE-EXAMPLE FLAW`.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
sys.path.insert(0, sys.argv[1])
import conformance_driver  # type: ignore[import-not-found]

from tests.conformance.bad_client import asking, directing, finding, hearing, proving, reading
from tests.conformance.bad_client.flaws import FLAWS

SUBJECTS = (asking, directing, finding, hearing, proving, reading)

if __name__ == "__main__":
    FLAWS[sys.argv[2]]()
    conformance_driver.main()
