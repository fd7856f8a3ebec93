package dev.hivesync.intellij.actions;

import com.intellij.openapi.actionSystem.AnActionEvent;
import com.intellij.openapi.project.Project;
import dev.hivesync.core.features.Doctor;
import dev.hivesync.intellij.Background;
import dev.hivesync.intellij.TextPopup;

/** Tells what is wrong between this IDE and the phone, and what to do. */
public final class DoctorAction extends HiveSyncAction {

  @Override
  void act(Project project, AnActionEvent event) {
    Background.run(
      project,
      "Looking at this machine",
      (connected, progress) -> Doctor.report(connected),
      report -> TextPopup.show(project, "HiveSync Doctor", report)
    );
  }
}
