package dev.hivesync.core;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What came back, and by which way. Header names are in lower case. */
public record Answer(int status, Map<String, String> headers, byte[] body, Mode mode) {
  /** Give the decoded body, null if there is none; throw if it is no JSON. */
  public JsonElement json() throws HiveSyncException {
    if (body.length == 0) {
      return JsonNull.INSTANCE;
    }
    return Json.parse(text()).orElseThrow(() ->
      new HiveSyncException(HiveSyncException.INTERNAL, "The answer is not JSON.", status)
    );
  }

  /** Give the object that was answered; throw what an answer of failure tells. */
  public JsonObject good() throws HiveSyncException {
    if (status >= 400) {
      throw problem();
    }
    return Json.objectOf(text());
  }

  /** Tell whether the agent itself made this answer. */
  public boolean isOfAgent() {
    return headers.containsKey("x-hivesync-agent");
  }

  String code() {
    return Json.text(Json.objectOf(text()), "code");
  }

  /** Give the failure that is told (RFC 9457), whatever the body is. */
  HiveSyncException problem() {
    JsonObject told = Json.objectOf(text());
    String code = Json.text(told, "code");
    if (code.isEmpty()) {
      code = status >= 500 ? HiveSyncException.INTERNAL : HiveSyncException.INVALID;
    }
    String detail = Json.text(told, "detail");
    if (detail.isEmpty()) {
      detail = "The answer was status " + status + ".";
    }
    return new HiveSyncException(code, detail + ofFields(told) + waiting(), status);
  }

  private static String ofFields(JsonObject told) {
    StringBuilder all = new StringBuilder();
    for (JsonObject error : Json.objects(told, "errors")) {
      all.append(' ').append(Json.text(error, "field")).append(": ").append(Json.text(error, "message"));
    }
    return all.toString();
  }

  private String waiting() {
    String seconds = headers.getOrDefault("retry-after", "");
    return seconds.matches("[0-9]{1,6}") ? " Try again in " + seconds + " s." : "";
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
