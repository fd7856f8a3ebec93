package dev.hivesync.core.features;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.Session;
import dev.hivesync.core.Uploads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A preview of one file without an agent: what Direct Mode can show. Projects need the agent. */
public final class DirectPreview {

  private static final int SIZE_MAX_BYTES = 256 * 1024;
  private static final Map<String, List<String>> ENDINGS = Map.of(
    "component",
    List.of(".tsx", ".ts", ".jsx", ".js"),
    "image",
    List.of(".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".bmp"),
    "web",
    List.of(".html", ".htm"),
    "markdown",
    List.of(".md", ".markdown")
  );

  private final Session session;
  private final String server;
  private final Uploads uploads;

  public DirectPreview(Session session, String server, Uploads uploads) {
    this.session = session;
    this.server = server;
    this.uploads = uploads;
  }

  /** Send the file and give the backend's preview, still to be built. */
  JsonObject create(Project project, Path file, String platform) throws HiveSyncException {
    String name = file.getFileName().toString();
    String kind = kindOf(name);
    byte[] content = contentOf(file);
    JsonObject made = session.change("POST", project.path() + "/previews", body(name, kind, content, platform));
    List<String> origins = Links.origins(session, server);
    JsonObject plan = Json.object(made, "uploads");
    List<JsonObject> places = new ArrayList<>(Json.objects(plan, "packs"));
    places.addAll(Json.objects(plan, "files"));
    for (JsonObject place : places) {
      String url = Json.text(place, "url");
      if (!Links.isOurs(url, origins)) {
        throw new HiveSyncException("FORBIDDEN", "The server named a place for uploads that is not its own.");
      }
      uploads.put(url, headersOf(Json.object(place, "headers")), content);
    }
    String id = Json.text(Json.object(made, "preview"), "id");
    return session.change("POST", project.path() + "/previews/" + Pages.encoded(id) + "/complete", null);
  }

  private static JsonObject body(String name, String kind, byte[] content, String platform) {
    JsonObject file = new JsonObject();
    file.addProperty("path", name);
    file.addProperty("size", content.length);
    file.addProperty("sha256", digestOf(content));
    JsonArray files = new JsonArray();
    files.add(file);
    JsonObject body = new JsonObject();
    body.addProperty("kind", kind);
    body.addProperty("entry", name);
    body.add("files", files);
    body.addProperty("platform", platform);
    body.addProperty("title", name);
    return body;
  }

  private static String kindOf(String name) throws HiveSyncException {
    String lower = name.toLowerCase(Locale.ROOT);
    return ENDINGS.entrySet()
      .stream()
      .filter(kind -> kind.getValue().stream().anyMatch(lower::endsWith))
      .map(Map.Entry::getKey)
      .findFirst()
      .orElseThrow(() ->
        new HiveSyncException(
          "PREVIEW_UNSUPPORTED",
          "Without the agent only a component (JS, TS), a page, Markdown or an image can be shown."
        )
      );
  }

  private static byte[] contentOf(Path file) throws HiveSyncException {
    try {
      if (Files.size(file) <= SIZE_MAX_BYTES) {
        return Files.readAllBytes(file);
      }
    } catch (IOException deletedMeanwhile) {
      throw new HiveSyncException(HiveSyncException.INVALID, "The file can't be read; save it first.");
    }
    throw new HiveSyncException("PAYLOAD_TOO_LARGE", "Without the agent a file of at most 256 KB can be shown.");
  }

  private static Map<String, String> headersOf(JsonObject told) {
    Map<String, String> headers = new LinkedHashMap<>();
    told.keySet().forEach(name -> headers.put(name, Json.text(told, name)));
    return headers;
  }

  static String digestOf(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every Java has SHA-256.", impossible);
    }
  }
}
