"""One long-running part of the stack: a command that can be started, killed and started again."""

from __future__ import annotations

from abc import ABC, abstractmethod

from hivesync_dev.stack.processes import Child, Command, ProcessFailed


class Part(ABC):
    """Holds the running child. Subclasses say what to run and when it is ready."""

    name: str

    def __init__(self) -> None:
        self._child: Child | None = None

    @abstractmethod
    def command(self) -> Command:
        """Give what to run; the same every time, so that a restart finds its state and its port."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Tell whether it answers now."""

    @property
    def child(self) -> Child:
        """The running child; `ProcessFailed` when it was never started."""
        if self._child is None:
            raise ProcessFailed(f"{self.name} was not started")
        return self._child

    def start(self) -> Child:
        """Start it; return at once."""
        self._child = Child(self.command())
        return self._child

    def kill(self) -> None:
        """End it as a power cut would."""
        self.child.kill()

    def stop(self) -> None:
        """End it in order, if it was ever started."""
        if self._child is not None:
            self._child.stop()
