package com.intellij.ide;

import java.net.URI;

/** A stub of the documented API: its signatures only. */
public final class BrowserUtil {

  private BrowserUtil() {}

  public static void browse(URI address) {
    throw new UnsupportedOperationException();
  }
}
