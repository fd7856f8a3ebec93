package dev.hivesync.core.features;

import com.google.gson.JsonObject;
import dev.hivesync.core.Json;
import java.util.List;

/** An error of a build, where it stands. Lines and columns count from 1. */
public record BuildError(String path, int line, int column, String message, String hint) {
  private static final int SHOWN_MAX = 200;

  public static List<BuildError> of(JsonObject told, String member) {
    return Json.objects(told, member).stream().limit(SHOWN_MAX).map(BuildError::read).toList();
  }

  /** Give the message with its hint, as text. */
  public String text() {
    return PlainText.lines(hint.isEmpty() ? message : message + "\n" + hint);
  }

  /** Give the file's name and the line, for a message that stands elsewhere. */
  public String place() {
    return PlainText.line(path.replaceFirst("^.*[/\\\\]", ""), 100) + ":" + line;
  }

  private static BuildError read(JsonObject told) {
    return new BuildError(
      Json.text(told, "path"),
      Math.max(1, Json.number(told, "line", 1)),
      Math.max(1, Json.number(told, "column", 1)),
      Json.text(told, "message"),
      Json.text(told, "hint")
    );
  }
}
