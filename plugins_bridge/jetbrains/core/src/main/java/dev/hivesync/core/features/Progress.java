package dev.hivesync.core.features;

import dev.hivesync.core.HiveSyncException;

/** How long work tells where it is, and hears that it is no longer wanted. */
public interface Progress {
  void say(String what);

  boolean isCancelled();

  /** Wait a while; throw if it is no longer wanted. */
  default void pause(int milliseconds) throws HiveSyncException {
    try {
      for (int waited = 0; waited < milliseconds && !isCancelled(); waited += 50) {
        Thread.sleep(50);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new HiveSyncException(CANCELLED, "It was cancelled.");
    }
    if (isCancelled()) {
      throw new HiveSyncException(CANCELLED, "It was cancelled.");
    }
  }

  /** The code of what the user has given up; it is not shown as a failure. */
  String CANCELLED = "CANCELLED";
}
