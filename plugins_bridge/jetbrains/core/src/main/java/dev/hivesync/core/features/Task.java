package dev.hivesync.core.features;

import com.google.gson.JsonObject;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.Session;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A task of a project. */
public record Task(String id, String title, String status, String description, String dueAt) {
  public static final List<String> STATUSES = List.of("open", "in_progress", "blocked", "done");

  /** Give the project's tasks in their order; what is done is at the end. */
  public static List<Task> of(Session session, Project project) throws HiveSyncException {
    return Pages.every(session, project.path() + "/tasks")
      .stream()
      .map(Task::read)
      .sorted(Comparator.comparing(task -> task.status().equals("done")))
      .toList();
  }

  /** Give it another status; true if that waits for the network. */
  public boolean change(Session session, Project project, String other) throws HiveSyncException {
    JsonObject body = new JsonObject();
    body.addProperty("status", other);
    JsonObject told = session.change("PATCH", project.path() + "/tasks/" + Pages.encoded(id), body);
    return Json.text(told, "code").equals("OFFLINE_QUEUED");
  }

  /** The words of a status. */
  public static String wordsOf(String status) {
    String words = PlainText.line(status.replace('_', ' '), 30);
    return words.isEmpty() ? words : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  /** Its line in a list. */
  public String line() {
    String due = dueAt.length() >= 10 ? " — due " + PlainText.line(dueAt.substring(0, 10), 10) : "";
    return "[" + wordsOf(status) + "] " + PlainText.line(title, 300) + due;
  }

  private static Task read(JsonObject told) {
    return new Task(
      Json.text(told, "id"),
      Json.text(told, "title"),
      Json.text(told, "status"),
      Json.text(told, "description"),
      Json.text(told, "due_at")
    );
  }
}
