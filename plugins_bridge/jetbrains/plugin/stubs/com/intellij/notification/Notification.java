package com.intellij.notification;

import com.intellij.openapi.actionSystem.AnAction;
import com.intellij.openapi.project.Project;

/** A stub of the documented API: its signatures only. */
public class Notification {

  /** `content` is HTML. */
  public Notification(String groupId, String title, String content, NotificationType type) {
    throw new UnsupportedOperationException();
  }

  public Notification addAction(AnAction action) {
    throw new UnsupportedOperationException();
  }

  public void notify(Project project) {
    throw new UnsupportedOperationException();
  }
}
