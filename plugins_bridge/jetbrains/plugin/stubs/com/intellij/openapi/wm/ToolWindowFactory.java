package com.intellij.openapi.wm;

import com.intellij.openapi.project.Project;

/** A stub of the documented API: its signatures only. */
public interface ToolWindowFactory {
  void createToolWindowContent(Project project, ToolWindow toolWindow);
}
