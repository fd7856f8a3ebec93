package com.intellij.openapi.ui;

import com.intellij.openapi.project.Project;
import javax.swing.Icon;

/** A stub of the documented API: its signatures only. */
public class Messages {

  public static final int OK = 0;

  protected Messages() {}

  public static int showOkCancelDialog(
    Project project,
    String message,
    String title,
    String ok,
    String cancel,
    Icon icon
  ) {
    throw new UnsupportedOperationException();
  }

  public static Icon getQuestionIcon() {
    throw new UnsupportedOperationException();
  }
}
