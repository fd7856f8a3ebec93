package dev.hivesync.core.features;

import com.google.gson.JsonObject;
import dev.hivesync.core.Json;
import java.util.Base64;
import java.util.List;

/** A preview as it is shown. `qrPng` is empty where no agent has drawn it. */
public record Preview(
  String id,
  String buildId,
  String path,
  String state,
  String title,
  String link,
  boolean isLive,
  String failure,
  List<BuildError> errors,
  List<String> skipped,
  byte[] qrPng
) {
  private static final int PICTURE_MAX_CHARACTERS = 1_000_000;

  static Preview ofAgent(JsonObject told) {
    return read(told, "/v1/previews/" + Pages.encoded(Json.text(told, "id")), Json.text(told, "preview_id"));
  }

  static Preview ofBackend(JsonObject told, Project project) {
    String id = Json.text(told, "id");
    return read(told, project.path() + "/previews/" + Pages.encoded(id), id);
  }

  public boolean isReady() {
    return state.equals("ready");
  }

  public boolean hasEnded() {
    return isReady() || state.equals("failed");
  }

  /** Say why it failed, and where, as far as the build could tell. */
  public String failureWithPlace() {
    return errors.isEmpty() ? failure : failure + " (" + errors.get(0).place() + ")";
  }

  private static Preview read(JsonObject told, String path, String buildId) {
    String entry = Json.text(told, "entry");
    return new Preview(
      Json.text(told, "id"),
      buildId,
      path,
      Json.text(told, "state"),
      PlainText.line(entry.isEmpty() ? Json.text(told, "title") : entry, 100),
      Json.text(told, "preview_url"),
      Json.flag(told, "live"),
      PlainText.lines(Json.text(Json.object(told, "error"), "message")),
      BuildError.of(told, "diagnostics"),
      Json.texts(told, "skipped")
        .stream()
        .limit(20)
        .map(name -> PlainText.line(name, 200))
        .toList(),
      picture(Json.text(told, "qr_png"))
    );
  }

  private static byte[] picture(String text) {
    String base64 = text.substring(text.indexOf(',') + 1);
    if (base64.length() > PICTURE_MAX_CHARACTERS || !base64.matches("[A-Za-z0-9+/]*={0,2}")) {
      return new byte[0];
    }
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException cutShort) {
      return new byte[0];
    }
  }
}
