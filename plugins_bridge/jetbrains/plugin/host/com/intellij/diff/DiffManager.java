package com.intellij.diff;

import com.intellij.diff.requests.DiffRequest;
import com.intellij.diff.requests.SimpleDiffRequest;
import com.intellij.openapi.project.Project;
import dev.hivesync.host.Screen;

/** The host's: see `dev.hivesync.host`. */
public class DiffManager {

  public static DiffManager getInstance() {
    return new DiffManager();
  }

  public void showDiff(Project project, DiffRequest request) {
    Screen.show(((SimpleDiffRequest) request).diff());
  }
}
