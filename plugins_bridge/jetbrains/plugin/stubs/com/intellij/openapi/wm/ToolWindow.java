package com.intellij.openapi.wm;

import com.intellij.ui.content.ContentManager;

/** A stub of the documented API: its signatures only. */
public interface ToolWindow {
  ContentManager getContentManager();

  void activate(Runnable then);
}
