package com.intellij.openapi.command;

import com.intellij.openapi.project.Project;

/** The host's: see `dev.hivesync.host`. */
public final class WriteCommandAction {

  private WriteCommandAction() {}

  public static void runWriteCommandAction(Project project, Runnable action) {
    action.run();
  }
}
