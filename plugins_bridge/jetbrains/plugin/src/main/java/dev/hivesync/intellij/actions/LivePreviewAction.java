package dev.hivesync.intellij.actions;

/** The same, and the phone follows what is saved. */
public final class LivePreviewAction extends RequestPreviewAction {

  @Override
  boolean isLive() {
    return true;
  }
}
