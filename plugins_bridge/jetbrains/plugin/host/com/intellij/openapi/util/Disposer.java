package com.intellij.openapi.util;

import com.intellij.openapi.Disposable;

/** The host's: see `dev.hivesync.host`. */
public final class Disposer {

  private Disposer() {}

  /** Nothing ends before the host does. */
  public static void register(Disposable parent, Disposable child) {}
}
