package dev.hivesync.core.features;

import com.google.gson.JsonObject;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.Session;
import java.util.List;

/** A comment on a task, or on a line of a file. `line` is 0 where there is none. */
public record Comment(String author, String body, String createdAt, int line) {
  /** What is commented on. */
  public record Target(String kind, String taskId, String path, int line) {
    public static Target task(Task task) {
      return new Target("task", task.id(), "", 0);
    }

    /** A line of a file, by its path in the project. */
    public static Target file(String path, int line) {
      return new Target("file", "", path, line);
    }

    private String query() {
      return kind.equals("task") ? "?task_id=" + Pages.encoded(taskId) : "?path=" + Pages.encoded(path);
    }

    private JsonObject json() {
      JsonObject json = new JsonObject();
      json.addProperty("kind", kind);
      if (kind.equals("task")) {
        json.addProperty("task_id", taskId);
      } else {
        json.addProperty("path", path);
        json.addProperty("line", line);
      }
      return json;
    }
  }

  /** Give the comments on a task, or on all lines of a file, the oldest first. */
  public static List<Comment> of(Session session, Project project, Target target) throws HiveSyncException {
    return Pages.every(session, project.path() + "/comments" + target.query())
      .stream()
      .filter(told -> Json.text(told, "deleted_at").isEmpty())
      .map(Comment::read)
      .toList();
  }

  /** Write one; true if it waits for the network. */
  public static boolean write(Session session, Project project, Target target, String body) throws HiveSyncException {
    JsonObject told = new JsonObject();
    told.addProperty("body", body);
    told.add("target", target.json());
    return Json.text(session.change("POST", project.path() + "/comments", told), "code").equals("OFFLINE_QUEUED");
  }

  /** Its text, as it is shown. */
  public String text() {
    String where = line > 0 ? ", line " + line : "";
    String head = PlainText.line(author, 60) + ", " + LocalTime.minute(createdAt) + where;
    return head + "\n" + PlainText.lines(body) + "\n";
  }

  private static Comment read(JsonObject told) {
    return new Comment(
      Json.text(told, "author_username"),
      Json.text(told, "body"),
      Json.text(told, "created_at"),
      Json.number(Json.object(told, "target"), "line", 0)
    );
  }
}
