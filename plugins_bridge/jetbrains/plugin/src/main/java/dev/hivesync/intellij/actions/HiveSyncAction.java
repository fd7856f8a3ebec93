package dev.hivesync.intellij.actions;

import com.intellij.openapi.actionSystem.ActionUpdateThread;
import com.intellij.openapi.actionSystem.AnAction;
import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.project.DumbAware;
import com.intellij.openapi.project.Project;

/** A command that needs an open project; it works while the IDE builds its indices, too. */
abstract class HiveSyncAction extends AnAction implements DumbAware {

  @Override
  public void update(AnActionEvent event) {
    event.getPresentation().setEnabled(event.getProject() != null);
  }

  @Override
  public ActionUpdateThread getActionUpdateThread() {
    return ActionUpdateThread.BGT;
  }

  @Override
  public final void actionPerformed(AnActionEvent event) {
    Project project = event.getProject();
    if (project != null && !project.isDisposed()) {
      act(project, event);
    }
  }

  abstract void act(Project project, AnActionEvent event);
}
