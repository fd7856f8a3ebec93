package dev.hivesync.intellij;

import com.intellij.openapi.editor.Document;
import com.intellij.openapi.project.Project;
import dev.hivesync.core.features.AiDocs;

/** Generate AI Docs: asks, shows the page, and offers the suggested change. */
public final class AiDocsRequest {

  private AiDocsRequest() {}

  public static void start(Project project, Document document, AiDocs.Question question) {
    Background.run(
      project,
      "AI documentation",
      (connected, progress) ->
        AiDocs.isByAgent(connected.session()) ? AiDocs.request(connected.session(), question, progress) : null,
      docs -> {
        if (docs == null) {
          FoundProject.then(project, of -> startDirect(project, of, document, question));
        } else {
          show(project, document, question, docs);
        }
      }
    );
  }

  private static void startDirect(
    Project project,
    dev.hivesync.core.features.Project of,
    Document document,
    AiDocs.Question question
  ) {
    Background.run(
      project,
      "AI documentation",
      (connected, progress) -> AiDocs.requestDirect(connected.session(), of, question, progress),
      docs -> show(project, document, question, docs)
    );
  }

  private static void show(Project project, Document document, AiDocs.Question question, AiDocs docs) {
    TextPopup.show(project, "AI: " + docs.file(), docs.page());
    SuggestedDiff.offer(project, document, question.content(), docs.suggestedDiff());
  }
}
