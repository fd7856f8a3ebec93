# Generated from hivesync/_async by `make generate`; do not edit.
"""Help: frequent questions, an answer to one's own, and a way to a person."""

from __future__ import annotations

from pathlib import Path

from hivesync_contract.pages import Page
from hivesync_contract.support import (
    BundleCreate,
    BundleCreated,
    FaqEntry,
    Question,
    QuestionCreate,
    QuestionEscalate,
    QuestionFeedback,
    UploadedBundle,
)

from hivesync._paths import segment
from hivesync._progress import Progress
from hivesync._sync._files import Source, transfer
from hivesync._sync._resource import Resource


class Support(Resource):
    """`client.support`."""

    def faq(self, *, search: str | None = None, topic: str | None = None) -> list[FaqEntry]:
        """Give the entries that match."""
        wanted = {"search": search, "topic": topic}
        return (self._decoded("GET", "/faq", Page[FaqEntry], params=wanted)).items

    def ask(self, question: str) -> Question:
        """Ask; without a good answer none is pretended."""
        return self._decoded("POST", "/questions", Question, QuestionCreate(question))

    def question(self, question_id: str) -> Question:
        """Give a question of one's own."""
        return self._decoded("GET", f"/questions/{segment(question_id)}", Question)

    def give_feedback(self, question_id: str, *, helpful: bool) -> Question:
        """Say whether the answer helped; the last word counts."""
        body = QuestionFeedback(helpful)
        return self._decoded("POST", f"/questions/{segment(question_id)}/feedback", Question, body)

    def escalate(self, question_id: str, message: str = "", *, bundle_id: str | None = None) -> Question:
        """Have a person look at it, with a bundle that was uploaded if that helps."""
        body = QuestionEscalate(message, bundle_id)
        return self._decoded("POST", f"/questions/{segment(question_id)}/escalate", Question, body)

    def upload_bundle(self, path: Path, *, progress: Progress | None = None) -> UploadedBundle:
        """Upload the zip that `client.agent.support_bundle()` made."""
        source = Source.of(path)
        wanted = BundleCreate(source.size, source.sha256)
        created = self._decoded("POST", "/bundles", BundleCreated, wanted)
        transfer(self._router, source, created.upload, progress)
        return self.complete_bundle(created.bundle.id)

    def complete_bundle(self, bundle_id: str) -> UploadedBundle:
        """Say that a bundle is uploaded."""
        return self._decoded("POST", f"/bundles/{segment(bundle_id)}/complete", UploadedBundle)

    def bundle(self, bundle_id: str) -> UploadedBundle:
        """Give a bundle of one's own."""
        return self._decoded("GET", f"/bundles/{segment(bundle_id)}", UploadedBundle)

    def delete_bundle(self, bundle_id: str) -> None:
        """Delete it before it ends by itself."""
        self._sent("DELETE", f"/bundles/{segment(bundle_id)}")
