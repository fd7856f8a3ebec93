package dev.hivesync.intellij.actions;

import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.project.Project;
import dev.hivesync.intellij.Account;

/** Ends the session of this machine. */
public final class LogOutAction extends HiveSyncAction {

  @Override
  void act(Project project, AnActionEvent event) {
    Account.logOut(project);
  }
}
