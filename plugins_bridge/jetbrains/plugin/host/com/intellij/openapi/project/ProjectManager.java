package com.intellij.openapi.project;

import dev.hivesync.host.Host;

/** The host's: see `dev.hivesync.host`. */
public class ProjectManager {

  public static ProjectManager getInstance() {
    return new ProjectManager();
  }

  public Project[] getOpenProjects() {
    return Host.projects();
  }
}
