"""Windows' registry for tests elsewhere: the user's hive as a dictionary."""

from __future__ import annotations


class MemoryRegistry:
    """What the agent needs of a hive; tests look into `values`, by key and name."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str | bytes] = {}

    def get(self, key: str, name: str) -> str | bytes | None:
        """Give a value, None if there is none."""
        return self.values.get((key, name))

    def set(self, key: str, name: str, value: str) -> None:
        """Set a string."""
        self.values[key, name] = value

    def delete(self, key: str, name: str) -> bool:
        """Remove a value; False if there was none."""
        return self.values.pop((key, name), None) is not None

    def names(self, key: str) -> list[str]:
        """Give the names of the values."""
        return [name for of, name in self.values if of == key]
