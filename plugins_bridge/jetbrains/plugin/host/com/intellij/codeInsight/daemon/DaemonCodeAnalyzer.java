package com.intellij.codeInsight.daemon;

import com.intellij.openapi.project.Project;
import dev.hivesync.host.Screen;

/** The host's: see `dev.hivesync.host`. */
public class DaemonCodeAnalyzer {

  /** The editors of all files are looked through anew. */
  public record LookedThrough() {}

  public static DaemonCodeAnalyzer getInstance(Project project) {
    return new DaemonCodeAnalyzer();
  }

  public void restart() {
    Screen.show(new LookedThrough());
  }
}
