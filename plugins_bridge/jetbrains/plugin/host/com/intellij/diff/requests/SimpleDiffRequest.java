package com.intellij.diff.requests;

import com.intellij.diff.DiffContentFactory.Side;
import com.intellij.diff.contents.DiffContent;
import dev.hivesync.host.Screen;

/** The host's: see `dev.hivesync.host`. */
public class SimpleDiffRequest extends DiffRequest {

  private final Screen.Diff diff;

  public SimpleDiffRequest(String title, DiffContent before, DiffContent after, String beforeTitle, String afterTitle) {
    diff = new Screen.Diff(((Side) before).text(), ((Side) after).text());
  }

  public Screen.Diff diff() {
    return diff;
  }
}
