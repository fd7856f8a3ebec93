package dev.hivesync.intellij.actions;

import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.actionSystem.CommonDataKeys;
import com.intellij.openapi.editor.Editor;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.vfs.VirtualFile;
import dev.hivesync.core.features.AiDocs;
import dev.hivesync.intellij.AiDocsRequest;
import dev.hivesync.intellij.Balloon;
import java.nio.file.Path;

/** Explains the current file or the selected lines, unsaved text too. */
public final class GenerateAiDocsAction extends HiveSyncAction {

  @Override
  void act(Project project, AnActionEvent event) {
    Editor editor = event.getData(CommonDataKeys.EDITOR);
    VirtualFile file = event.getData(CommonDataKeys.VIRTUAL_FILE);
    if (editor == null || file == null || !file.isInLocalFileSystem()) {
      Balloon.tell(project, "Open a text file of this machine first.");
      return;
    }
    AiDocsRequest.start(project, editor.getDocument(), question(editor, file));
  }

  private static AiDocs.Question question(Editor editor, VirtualFile file) {
    Path path = Path.of(file.getPath());
    String text = editor.getDocument().getText();
    if (!editor.getSelectionModel().hasSelection()) {
      return new AiDocs.Question(path, text, 0, 0);
    }
    int start = editor.getSelectionModel().getSelectionStart();
    // A selection of whole lines ends at the beginning of the next one.
    int end = Math.max(start, editor.getSelectionModel().getSelectionEnd() - 1);
    int first = editor.getDocument().getLineNumber(start) + 1;
    return new AiDocs.Question(path, text, first, editor.getDocument().getLineNumber(end) + 1);
  }
}
