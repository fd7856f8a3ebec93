package dev.hivesync.intellij.actions;

import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.project.Project;
import dev.hivesync.intellij.PreviewRequest;

/** Shows the newest preview's code and link again. */
public final class ShowPreviewAction extends HiveSyncAction {

  @Override
  void act(Project project, AnActionEvent event) {
    PreviewRequest.showAgain(project);
  }
}
