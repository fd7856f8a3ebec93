package dev.hivesync.core;

import java.util.Locale;

/** By whom a call is answered. */
public enum Mode {
  PROXY,
  DIRECT,
  NONE;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
