package com.intellij.openapi.application;

import dev.hivesync.host.Host;

/** The host's: see `dev.hivesync.host`. */
public final class ApplicationManager {

  private ApplicationManager() {}

  public static Application getApplication() {
    return Host.APPLICATION;
  }
}
