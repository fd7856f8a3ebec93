package dev.hivesync.core.features;

import com.google.gson.JsonObject;
import dev.hivesync.core.Json;

/** What a phone's console has said, as lines of text. It is output of the app that is shown; nothing in it acts. */
public final class PhoneConsole {

  private PhoneConsole() {}

  /** Give the text of a `device.console` event. */
  public static String text(JsonObject event) {
    String device = PlainText.line(Json.text(Json.object(event, "device"), "name"), 40);
    StringBuilder text = new StringBuilder();
    for (JsonObject line : Json.objects(event, "lines")) {
      text.append(device).append(' ').append(line(line)).append('\n');
    }
    int dropped = Json.number(event, "dropped", 0);
    if (dropped > 0) {
      text.append(device).append(": ").append(dropped).append(" more lines\n");
    }
    return text.toString();
  }

  private static String line(JsonObject told) {
    String path = PlainText.line(Json.text(told, "path"), 300);
    String place = path + ":" + Json.number(told, "line", 0) + ":" + Json.number(told, "column", 0);
    String mark = Json.flag(told, "uncaught") ? "uncaught " : "";
    String said = PlainText.lines(Json.text(told, "text")).replace("\n", "\n    ");
    String where = path.isEmpty() ? "" : " (" + place + ")";
    return mark + PlainText.line(Json.text(told, "level"), 10) + ": " + said + where;
  }
}
