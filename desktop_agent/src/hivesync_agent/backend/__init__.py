"""The connections to the one backend: dialled, pooled, watched; nothing else is ever dialled."""
