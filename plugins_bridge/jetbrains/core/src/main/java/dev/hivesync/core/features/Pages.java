package dev.hivesync.core.features;

import com.google.gson.JsonObject;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.Session;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Lists that come page by page. */
final class Pages {

  private static final int ITEMS_MAX = 2_000;

  private Pages() {}

  /** Gives the object that a path answers with. */
  @FunctionalInterface
  interface Reader {
    JsonObject get(String path) throws HiveSyncException;
  }

  /** Give all that a list holds; of an endless one as many as anybody would look at. */
  static List<JsonObject> every(Session session, String path) throws HiveSyncException {
    return every(session::get, path);
  }

  static List<JsonObject> every(Reader reader, String path) throws HiveSyncException {
    List<JsonObject> items = new ArrayList<>();
    String page = path + (path.contains("?") ? "&" : "?") + "limit=200";
    String cursor = "";
    do {
      JsonObject told = reader.get(cursor.isEmpty() ? page : page + "&cursor=" + encoded(cursor));
      List<JsonObject> added = Json.objects(told, "items");
      items.addAll(added);
      // A page before others is never empty.
      cursor = added.isEmpty() ? "" : Json.text(told, "next_cursor");
    } while (!cursor.isEmpty() && items.size() < ITEMS_MAX);
    return items;
  }

  /** Give a text as part of a path or query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
