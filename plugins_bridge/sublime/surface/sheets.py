"""Pages beside the text: minihtml made of escaped text and fixed markup only."""

from __future__ import annotations

import json
import re

import sublime

from ..client.plain import markup, one_line

_STYLE = """
html { --soft: color(var(--foreground) alpha(0.6)); }
body { padding: 1.5rem; font-size: 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 0.6rem 0; }
h2 { font-size: 1.1rem; margin: 1.4rem 0 0.3rem 0; color: var(--accent); }
p { margin: 0 0 0.6rem 0; }
.soft { color: var(--soft); font-size: 0.9rem; }
.link { font-family: monospace; font-size: 0.9rem; }
.error { color: var(--redish); }
"""
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PNG = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]+")


def page(*parts: str) -> str:
    """Give the document of these parts, each of which is minihtml already."""
    return f'<body id="hivesync-page"><style>{_STYLE}</style>{"".join(parts)}</body>'


def heading(text: str) -> str:
    """Give a page's title."""
    return f"<h1>{markup(one_line(text))}</h1>"


def section(title: str, *paragraphs: str) -> str:
    """Give a title and what stands below it, as text."""
    return f"<h2>{markup(one_line(title))}</h2>" + "".join(f"<p>{markup(each)}</p>" for each in paragraphs)


def soft(text: str) -> str:
    """Give text that is read last."""
    return f'<p class="soft">{markup(text)}</p>'


def error(text: str) -> str:
    """Give text that tells of a failure."""
    return f'<p class="error">{markup(text)}</p>'


def code_picture(png: str) -> str:
    """Give the QR code; nothing if it is not the picture that it should be."""
    return f'<p><img src="{png}"></p>' if _PNG.fullmatch(png) else ""


def link(url: str) -> str:
    """Give a link's text. It is no link itself: `actions` has what opens it, after a look at it."""
    return f'<p class="link">{markup(url)}</p>'


def actions(*buttons: tuple[str, str, str]) -> str:
    """Give links that run commands of this plugin: each a label, a command and the id that it is about."""
    made = [
        f"<a href='subl:{command} {json.dumps({'about': about})}'>{markup(label)}</a>"
        for label, command, about in buttons
        if _ID.fullmatch(about)
    ]
    return f"<p>{' · '.join(made)}</p>"


def open_page(window: sublime.Window, name: str, contents: str) -> sublime.HtmlSheet:
    """Show a page in a tab."""
    return window.new_html_sheet(one_line(name, 60), contents)
