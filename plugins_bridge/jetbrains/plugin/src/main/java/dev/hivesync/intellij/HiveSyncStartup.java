package dev.hivesync.intellij;

import com.intellij.openapi.project.DumbAware;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.startup.StartupActivity;

/** Begins to listen when the first project is open; nothing of the plugin runs before. */
public final class HiveSyncStartup implements StartupActivity, DumbAware {

  @Override
  public void runActivity(Project project) {
    HiveSync.get().refreshSoon();
  }
}
