package com.intellij.diff;

import com.intellij.diff.requests.DiffRequest;
import com.intellij.openapi.project.Project;

/** A stub of the documented API: its signatures only. */
public abstract class DiffManager {

  public static DiffManager getInstance() {
    throw new UnsupportedOperationException();
  }

  public abstract void showDiff(Project project, DiffRequest request);
}
