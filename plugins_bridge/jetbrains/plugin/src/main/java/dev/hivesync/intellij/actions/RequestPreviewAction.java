package dev.hivesync.intellij.actions;

import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.actionSystem.CommonDataKeys;
import com.intellij.openapi.fileEditor.FileDocumentManager;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.vfs.VirtualFile;
import dev.hivesync.intellij.Balloon;
import dev.hivesync.intellij.PreviewRequest;
import java.nio.file.Path;

/** Shows the project of the current file on a phone. */
public class RequestPreviewAction extends HiveSyncAction {

  @Override
  final void act(Project project, AnActionEvent event) {
    VirtualFile file = event.getData(CommonDataKeys.VIRTUAL_FILE);
    String path = file != null && file.isInLocalFileSystem() ? file.getPath() : project.getBasePath();
    if (path == null) {
      Balloon.tell(project, "Open a file of this machine first; a preview is made of files on disk.");
      return;
    }
    // A preview shows what is on disk, and the IDE saves when it likes.
    FileDocumentManager.getInstance().saveAllDocuments();
    PreviewRequest.start(project, Path.of(path), isLive());
  }

  boolean isLive() {
    return false;
  }
}
