"""Markdown of comments: whom it mentions, and as HTML that is safe to show.

Raw HTML is text, images stay links (else a comment could watch its readers from elsewhere), and what comes
out is sanitised once more by a library that knows nothing of Markdown. Both functions are slow on hostile
input (0.4 s for the longest comment), so they belong into a thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

MENTIONS_MAX = 50
_MENTION = re.compile(r"@([A-Za-z0-9_-]{3,32})(?![A-Za-z0-9_-])")
_WORD = re.compile(r"[\w.+-]")
_SCHEMES = {"http", "https", "mailto"}
_TAGS = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}


def _mention(state: StateInline, silent: bool) -> bool:
    """Take `@username` as one token: a name may have underscores, which are no emphasis then."""
    found = _MENTION.match(state.src, state.pos)
    # In an address, as in `ann@bob.example`, nobody is mentioned.
    if found is None or (state.pos and _WORD.match(state.src, state.pos - 1)):
        return False
    if not silent:
        state.push("mention", "", 0).content = found.group()
    state.pos = found.end()
    return True


def _mention_html(
    _: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return escapeHtml(tokens[index].content)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    parser.enable(["table", "strikethrough"]).disable("image")
    parser.inline.ruler.before("emphasis", "mention", _mention)
    parser.add_render_rule("mention", _mention_html)
    return parser


_PARSER = _parser()


def mentioned(body: str) -> list[str]:
    """Give the user names that `body` mentions outside of code, each once, at most `MENTIONS_MAX`."""
    if "@" not in body:
        return []
    inline = [token.children or [] for token in _PARSER.parse(body) if token.type == "inline"]
    names = (token.content[1:].lower() for tokens in inline for token in tokens if token.type == "mention")
    return list(dict.fromkeys(names))[:MENTIONS_MAX]


@lru_cache(maxsize=256)
def safe_html(body: str) -> str:
    """Give `body` as HTML without scripts, styles, images, ids, or links of other schemes than the web's."""
    return nh3.clean(
        _PARSER.render(body),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
