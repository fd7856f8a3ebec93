package com.intellij.diff.requests;

import com.intellij.diff.contents.DiffContent;

/** A stub of the documented API: its signatures only. */
public class SimpleDiffRequest extends DiffRequest {

  public SimpleDiffRequest(String title, DiffContent before, DiffContent after, String beforeTitle, String afterTitle) {
    throw new UnsupportedOperationException();
  }
}
