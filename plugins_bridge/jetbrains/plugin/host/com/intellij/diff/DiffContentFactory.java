package com.intellij.diff;

import com.intellij.diff.contents.DocumentContent;
import com.intellij.openapi.project.Project;

/** The host's: see `dev.hivesync.host`. */
public class DiffContentFactory {

  /** One side. */
  public record Side(String text) implements DocumentContent {}

  public static DiffContentFactory getInstance() {
    return new DiffContentFactory();
  }

  public DocumentContent create(Project project, String text) {
    return new Side(text);
  }
}
