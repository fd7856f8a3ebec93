"""The drivers of the Python SDK; those of other clients lie beside their code.

httpx brings a command of its own, which it loads wherever rich is installed, as it is among the tools of
development. It takes longer than all the rest, and each scenario starts a driver: so there is no rich here.
"""

import sys

sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
