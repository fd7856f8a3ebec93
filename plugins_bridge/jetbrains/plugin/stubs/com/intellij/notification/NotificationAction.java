package com.intellij.notification;

import com.intellij.openapi.actionSystem.AnAction;

/** A stub of the documented API: its signatures only. */
public abstract class NotificationAction extends AnAction {

  public static NotificationAction createSimpleExpiring(String text, Runnable action) {
    throw new UnsupportedOperationException();
  }
}
