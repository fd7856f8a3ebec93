package com.intellij.openapi.ui.popup;

import com.intellij.openapi.project.Project;

/** A stub of the documented API: its signatures only. */
public interface JBPopup {
  void showCenteredInCurrentWindow(Project project);

  void cancel();
}
