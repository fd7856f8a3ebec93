package com.intellij.openapi.wm;

import com.intellij.openapi.project.Project;

/** A stub of the documented API: its signatures only. */
public interface StatusBarWidgetFactory {
  String getId();

  String getDisplayName();

  boolean isAvailable(Project project);

  StatusBarWidget createWidget(Project project);

  void disposeWidget(StatusBarWidget widget);

  boolean canBeEnabledOn(StatusBar statusBar);
}
