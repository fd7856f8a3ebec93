package com.intellij.openapi.ui;

import com.intellij.openapi.project.Project;
import dev.hivesync.host.Screen;
import javax.swing.Icon;

/** The host's: see `dev.hivesync.host`. */
public class Messages {

  public static final int OK = 0;

  protected Messages() {}

  /** The person says no. */
  public static int showOkCancelDialog(
    Project project,
    String message,
    String title,
    String ok,
    String cancel,
    Icon icon
  ) {
    Screen.show(message);
    return 2;
  }

  public static Icon getQuestionIcon() {
    return null;
  }
}
