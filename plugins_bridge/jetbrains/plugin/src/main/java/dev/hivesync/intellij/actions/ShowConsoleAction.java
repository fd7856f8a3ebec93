package dev.hivesync.intellij.actions;

import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.project.Project;
import dev.hivesync.intellij.Windows;

/** Shows what the phone's console says. */
public final class ShowConsoleAction extends HiveSyncAction {

  @Override
  void act(Project project, AnActionEvent event) {
    Windows.open(project, Windows.CONSOLE);
  }
}
