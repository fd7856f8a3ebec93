package dev.hivesync.intellij.actions;

import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.actionSystem.CommonDataKeys;
import com.intellij.openapi.editor.Editor;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.vfs.VirtualFile;
import dev.hivesync.intellij.Balloon;
import dev.hivesync.intellij.CommentsRequest;
import java.nio.file.Path;

/** Shows the comments on the current file, and writes one on the current line. */
public final class OpenCommentsAction extends HiveSyncAction {

  @Override
  void act(Project project, AnActionEvent event) {
    Editor editor = event.getData(CommonDataKeys.EDITOR);
    VirtualFile file = event.getData(CommonDataKeys.VIRTUAL_FILE);
    if (editor == null || file == null || !file.isInLocalFileSystem()) {
      Balloon.tell(project, "Open a file of this machine first.");
      return;
    }
    int line = editor.getDocument().getLineNumber(editor.getCaretModel().getOffset()) + 1;
    CommentsRequest.start(project, Path.of(file.getPath()), line);
  }
}
