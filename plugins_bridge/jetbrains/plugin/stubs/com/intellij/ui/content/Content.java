package com.intellij.ui.content;

/** A stub of the documented API: its signatures only. */
public interface Content {
  String getDisplayName();
}
