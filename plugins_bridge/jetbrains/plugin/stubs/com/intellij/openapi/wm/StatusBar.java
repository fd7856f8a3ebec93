package com.intellij.openapi.wm;

/** A stub of the documented API: its signatures only. */
public interface StatusBar {
  void updateWidget(String id);
}
