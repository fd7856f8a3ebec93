package com.intellij.ide;

import dev.hivesync.host.Screen;
import java.net.URI;

/** The host's: see `dev.hivesync.host`. */
public final class BrowserUtil {

  private BrowserUtil() {}

  public static void browse(URI address) {
    Screen.show(address);
  }
}
