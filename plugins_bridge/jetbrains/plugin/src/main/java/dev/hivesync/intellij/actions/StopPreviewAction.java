package dev.hivesync.intellij.actions;

import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.project.Project;
import dev.hivesync.intellij.PreviewRequest;

/** Ends the live preview. */
public final class StopPreviewAction extends HiveSyncAction {

  @Override
  void act(Project project, AnActionEvent event) {
    PreviewRequest.stop(project);
  }
}
