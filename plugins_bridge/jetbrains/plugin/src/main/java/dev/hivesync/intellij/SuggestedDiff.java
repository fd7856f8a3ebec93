package dev.hivesync.intellij;

import com.intellij.diff.DiffContentFactory;
import com.intellij.diff.DiffManager;
import com.intellij.diff.requests.SimpleDiffRequest;
import com.intellij.openapi.command.WriteCommandAction;
import com.intellij.openapi.editor.Document;
import com.intellij.openapi.project.Project;
import dev.hivesync.core.features.UnifiedDiff;
import java.util.Optional;

/** A change that AI suggests: shown in the IDE's diff view, applied on request, and only to the text it is for. */
final class SuggestedDiff {

  private final Project project;
  private final Document document;
  private final String before;
  private final String after;

  private SuggestedDiff(Project project, Document document, String before, String after) {
    this.project = project;
    this.document = document;
    this.before = before;
    this.after = after;
  }

  /** Offer it, if there is one and it applies to the text that was sent. */
  static void offer(Project project, Document document, String sent, String diff) {
    Optional<String> after = diff.isEmpty() ? Optional.empty() : UnifiedDiff.apply(sent, diff);
    after.ifPresent(made -> {
      SuggestedDiff suggestion = new SuggestedDiff(project, document, sent, made);
      Balloon.offer(project, "A change of this file is suggested.", "Show Diff", suggestion::show);
    });
  }

  private void show() {
    DiffContentFactory contents = DiffContentFactory.getInstance();
    DiffManager.getInstance().showDiff(
      project,
      new SimpleDiffRequest(
        "Suggested by HiveSync",
        contents.create(project, before),
        contents.create(project, after),
        "Your text",
        "Suggested"
      )
    );
    Balloon.offer(project, "Take the suggested change over?", "Apply", this::apply);
  }

  private void apply() {
    if (!document.isWritable() || !document.getText().equals(before)) {
      Balloon.tell(project, "The text has changed since; generate the documentation again.");
      return;
    }
    WriteCommandAction.runWriteCommandAction(project, () -> document.setText(after));
  }
}
