package com.intellij.ui.content;

import javax.swing.JComponent;

/** A stub of the documented API: its signatures only. */
public interface ContentFactory {
  static ContentFactory getInstance() {
    throw new UnsupportedOperationException();
  }

  Content createContent(JComponent component, String displayName, boolean isLockable);
}
