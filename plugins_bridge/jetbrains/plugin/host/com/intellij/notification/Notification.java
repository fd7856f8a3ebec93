package com.intellij.notification;

import com.intellij.openapi.actionSystem.AnAction;
import com.intellij.openapi.project.Project;
import dev.hivesync.host.Screen;
import java.util.LinkedHashMap;
import java.util.Map;

/** The host's: see `dev.hivesync.host`. */
public class Notification {

  private final String html;
  private final NotificationType type;
  private final Map<String, Runnable> actions = new LinkedHashMap<>();

  public Notification(String groupId, String title, String content, NotificationType type) {
    this.html = content;
    this.type = type;
  }

  public Notification addAction(AnAction action) {
    NotificationAction named = (NotificationAction) action;
    actions.put(named.text(), named.action());
    return this;
  }

  public void notify(Project project) {
    Screen.show(new Screen.Balloon(html, type == NotificationType.ERROR, actions));
  }
}
