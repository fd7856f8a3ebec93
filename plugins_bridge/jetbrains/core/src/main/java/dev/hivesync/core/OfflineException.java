package dev.hivesync.core;

/** Nobody answered in time. */
public final class OfflineException extends HiveSyncException {

  private static final long serialVersionUID = 1L;

  public OfflineException(String detail) {
    super(UNREACHABLE, detail);
  }
}
