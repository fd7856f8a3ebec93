package dev.hivesync.intellij;

import com.intellij.notification.Notification;
import com.intellij.notification.NotificationAction;
import com.intellij.notification.NotificationType;
import com.intellij.openapi.project.Project;
import dev.hivesync.core.AgentUnusableException;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.features.PlainText;
import dev.hivesync.core.features.Progress;

/** Balloons and the IDE's list of notifications. Their content is HTML, so everything in them is escaped. */
public final class Balloon {

  private static final String GROUP = "HiveSync";

  private Balloon() {}

  public static void tell(Project project, String text) {
    made(text, NotificationType.INFORMATION).notify(project);
  }

  /** Tell, with one thing that can be done. */
  public static void offer(Project project, String text, String name, Runnable action) {
    made(text, NotificationType.INFORMATION)
      .addAction(NotificationAction.createSimpleExpiring(name, action))
      .notify(project);
  }

  /** Tell a failure; what the user has given up is none. */
  public static void fail(Project project, HiveSyncException failure) {
    if (failure.code().equals(Progress.CANCELLED)) {
      return;
    }
    Notification balloon = made(failure.getMessage(), NotificationType.ERROR);
    if (failure.isSignedOut()) {
      balloon.addAction(NotificationAction.createSimpleExpiring("Log In", () -> Account.logIn(project)));
    }
    if (failure instanceof AgentUnusableException unusable && unusable.canBeStarted()) {
      balloon.addAction(NotificationAction.createSimpleExpiring("Start the Agent", () -> startAgent(project)));
    }
    balloon.notify(project);
  }

  private static void startAgent(Project project) {
    Background.run(
      project,
      "Starting the agent",
      (connected, progress) -> connected.command().run("agent", "start"),
      started -> {
        tell(project, "The agent runs.");
        HiveSync.get().refreshSoon();
      }
    );
  }

  private static Notification made(String text, NotificationType type) {
    return new Notification(GROUP, "HiveSync", PlainText.escaped(text), type);
  }
}
