package dev.hivesync.intellij.actions;

import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.project.Project;
import dev.hivesync.intellij.Account;

/** Signs this machine in. */
public final class LogInAction extends HiveSyncAction {

  @Override
  void act(Project project, AnActionEvent event) {
    Account.logIn(project);
  }
}
