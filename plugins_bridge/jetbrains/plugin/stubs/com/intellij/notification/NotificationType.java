package com.intellij.notification;

/** A stub of the documented API: its signatures only. */
public enum NotificationType {
  INFORMATION,
  WARNING,
  ERROR
}
