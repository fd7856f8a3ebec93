package dev.hivesync.core.features;

import com.google.gson.JsonObject;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.Session;
import java.util.List;

/** A notification of HiveSync; called otherwise here, since the IDE has notifications of its own. */
public record News(String id, String text, String type, String createdAt, boolean isRead) {
  private static final String PATH = "/api/v1/notifications";

  /** Give the newest. */
  public static List<News> newest(Session session) throws HiveSyncException {
    return Json.objects(session.get(PATH + "?limit=100"), "items")
      .stream()
      .map(News::read)
      .toList();
  }

  public void markRead(Session session) throws HiveSyncException {
    JsonObject body = new JsonObject();
    body.addProperty("read", true);
    session.change("PATCH", PATH + "/" + Pages.encoded(id), body);
  }

  /** Mark this one and all that are older. */
  public void markReadUpTo(Session session) throws HiveSyncException {
    JsonObject body = new JsonObject();
    body.addProperty("up_to", id);
    session.change("POST", PATH + "/read", body);
  }

  /** Its line in a list. */
  public String line() {
    return (isRead ? "   " : "● ") + PlainText.line(text, 300) + " — " + LocalTime.day(createdAt);
  }

  private static News read(JsonObject told) {
    return new News(
      Json.text(told, "id"),
      Json.text(told, "text"),
      Json.text(told, "type"),
      Json.text(told, "created_at"),
      Json.flag(told, "read")
    );
  }
}
