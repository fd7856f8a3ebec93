package com.intellij.openapi.options;

import javax.swing.JComponent;

/** A stub of the documented API: its signatures only. */
public interface Configurable {
  String getDisplayName();

  JComponent createComponent();

  boolean isModified();

  void apply() throws ConfigurationException;

  default void reset() {}
}
