"""Which files of a project count as source text. The agent checks before uploading, the server again."""

from __future__ import annotations

SOURCE_SUFFIXES = frozenset(
    {
        *(".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"),
        *(".css", ".scss", ".sass", ".less", ".json", ".html", ".htm", ".md", ".mdx", ".txt"),
        *(".graphql", ".gql", ".glsl", ".vert", ".frag", ".wgsl", ".csv", ".xml", ".yaml", ".yml"),
    }
)
"""Endings, in lower case, of what the bundler parses or inlines as text: bounded by SOURCE_TEXT_BYTES.
Everything else, SVG included, is an asset and counts only against the tier's upload limit."""


def is_source_text(path: str) -> bool:
    """Tell whether a manifest path is source text, by its ending alone."""
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return dot >= 0 and name[dot:].lower() in SOURCE_SUFFIXES
