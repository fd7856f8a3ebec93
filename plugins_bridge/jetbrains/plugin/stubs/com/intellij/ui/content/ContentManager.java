package com.intellij.ui.content;

/** A stub of the documented API: its signatures only. */
public interface ContentManager {
  void addContent(Content content);

  Content findContent(String displayName);

  void setSelectedContent(Content content);
}
