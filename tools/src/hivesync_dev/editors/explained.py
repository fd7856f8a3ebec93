"""What the model says of the sample that the tour opens, and the product with that model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hivesync_dev.servers.model import model_server
from hivesync_dev.stack.stack import Stack, StackSettings

ADDED = "  // The id of the trail that is open, if any."
"""The line that the suggested change adds to the sample."""
_COMPONENT = "export default function App() {\n"
_DOCUMENTATION = {
    "summary": "The app's two screens.\n\nState says which of them is shown: the list, or one trail.",
    "key_concepts": ["React state", "conditional rendering"],
    "explanations": [
        {
            "symbol": "App",
            "line_start": 10,
            "line_end": 36,
            "text": "Shows the trail that is open, else the list of all.",
        }
    ],
    "suggested_diff": (
        "--- a/App.tsx\n+++ b/App.tsx\n@@ -10,2 +10,3 @@\n"
        f" {_COMPONENT}+{ADDED}\n   const [openId, setOpenId] = useState<string | null>(null);\n"
    ),
}


def with_suggestion(source: str) -> str:
    """Give the sample as the suggested change makes it."""
    return source.replace(_COMPONENT, f"{_COMPONENT}{ADDED}\n")


@contextmanager
def explaining_stack(folder: Path) -> Iterator[Stack]:
    """Run the whole product, with a model that has a change to suggest."""
    with (
        model_server(_DOCUMENTATION) as model,
        Stack(StackSettings(folder, worker_variables=model.worker_variables)) as running,
    ):
        yield running
