"""The FAQ and what is found in it, without a server."""

from __future__ import annotations

import time

import pytest
from hivesync_server.support import faq
from hivesync_server.support.faq import FaqInvalid, parse
from hivesync_server.support.questions import CONFIDENT, ranking, search
from hypothesis import given
from hypothesis import strategies as st

ASKED = {
    "I lost my pasword": "forgotten-password",
    "can't remember my password": "forgotten-password",
    "How do I log in?": "sign-in",
    "sign in over ssh without a browser": "sign-in-without-browser",
    "somebody else signed in to my account": "unknown-sign-in",
    "why was I logged out?": "signed-out",
    "gnome-keyring is locked": "keychain",
    "use hivesync with my personal and my work account": "profiles",
    "QR code has expired": "phone-link-expired",
    "does it hot reload when I save a file": "live-preview",
    "can I preview a Flutter app?": "preview-unsupported",
    "preview build failed with a syntax error": "preview-build-failed",
    "white screen on the phone": "blank-page",
    "are my .env secrets uploaded?": "uploaded-files",
    "my project is too big to preview": "preview-too-large",
    "pnpm monorepo": "workspaces",
    "can I share a preview with colleagues": "preview-privacy",
    "explain a file with AI": "ai-docs",
    "which model explains my code": "ai-engine",
    "402 TIER_LIMIT": "tier-limit",
    "429 too many requests": "rate-limit",
    "how big can attachments be": "attachment-size",
    "the agent should start when my computer boots": "start-at-login",
    "everything is broken, help": "doctor",
    "my company uses a proxy": "proxy",
    "certificate verify failed": "certificates",
    "I'm on a train without network": "offline",
    "vs code plugin says not connected": "editor-not-connected",
    "invite a colleague to my project": "invite",
    "notifications arrive with delay": "notifications",
    "how do I create an API key for GitHub Actions": "api-keys",
    "verify webhook signatures": "webhooks",
    "is the support bundle safe to share": "support-bundle",
    "delete my account and data": "delete-account",
    "uninstall": "uninstall",
    "INVITATION for a Team Member": "invite",
}

NOT_ANSWERED = (
    "what is the weather in Paris",
    "please refund my last payment",
    "Wie melde ich mich ab?",
    "recommend a good restaurant near me",
    "I want to buy a new car",
    "can you write a poem about the sea",
    "what time is it in Tokyo",
    "translate this text to French",
    "dark mode",
    "???",
    "的 密码",
)


def test_the_faq_of_this_release_is_whole() -> None:
    entries = [source.entry for source in faq.load()]
    assert len(entries) >= 25
    for entry in entries:
        assert entry.question[-1] in "?."
        assert 60 < len(entry.answer) < 900, entry.id
        assert not entry.answer.startswith("Also")
        assert "<!--" not in entry.answer
        # What is searched by its own words must be found by them.
        assert search(entry.question)[0].id == entry.id


@pytest.mark.parametrize(("question", "answer"), ASKED.items())
def test_a_question_finds_its_answer(question: str, answer: str) -> None:
    best = ranking().search(question)[0]
    assert (best.source.entry.id, best.confidence >= CONFIDENT) == (answer, True), best.confidence


@pytest.mark.parametrize("question", NOT_ANSWERED)
def test_what_the_faq_does_not_answer_is_not_answered(question: str) -> None:
    found = ranking().search(question)
    assert not found or found[0].confidence < CONFIDENT


@given(st.text(max_size=2000))
def test_whatever_is_asked_confidence_is_a_share(question: str) -> None:
    found = ranking().search(question)
    assert all(0 < match.confidence <= 1 for match in found)
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)


def test_a_long_question_takes_no_long_time() -> None:
    question = " ".join(f"unknownword{number}" for number in range(150))
    ranking().search("warm")
    before = time.process_time()
    ranking().search(question)
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "## No topic? {#a}\nAnswer",
        "# T\n## No id?\nAnswer",
        "# T\n## No answer? {#a}\n",
        "# T\n## No answer? {#a}\nAlso: words\n",
        "# T\n## Twice? {#a}\nAnswer\n## Twice? {#a}\nAnswer",
    ],
)
def test_a_file_with_a_mistake_is_refused(text: str) -> None:
    with pytest.raises(FaqInvalid):
        list(parse(text))
