package com.intellij.notification;

import com.intellij.openapi.actionSystem.AnAction;
import com.intellij.openapi.actionSystem.AnActionEvent;

/** The host's: see `dev.hivesync.host`. */
public final class NotificationAction extends AnAction {

  private final String text;
  private final Runnable action;

  private NotificationAction(String text, Runnable action) {
    this.text = text;
    this.action = action;
  }

  public static NotificationAction createSimpleExpiring(String text, Runnable action) {
    return new NotificationAction(text, action);
  }

  String text() {
    return text;
  }

  Runnable action() {
    return action;
  }

  @Override
  public void actionPerformed(AnActionEvent event) {
    action.run();
  }
}
