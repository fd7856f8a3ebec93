package com.intellij.openapi.ui.popup;

/** A stub of the documented API: its signatures only. */
public interface ComponentPopupBuilder {
  ComponentPopupBuilder setTitle(String title);

  ComponentPopupBuilder setMovable(boolean isMovable);

  ComponentPopupBuilder setRequestFocus(boolean asksForFocus);

  JBPopup createPopup();
}
