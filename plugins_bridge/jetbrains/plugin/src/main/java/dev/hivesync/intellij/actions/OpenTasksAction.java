package dev.hivesync.intellij.actions;

import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.project.Project;
import dev.hivesync.intellij.Windows;

/** Shows the project's tasks. */
public final class OpenTasksAction extends HiveSyncAction {

  @Override
  void act(Project project, AnActionEvent event) {
    Windows.open(project, Windows.TASKS);
  }
}
