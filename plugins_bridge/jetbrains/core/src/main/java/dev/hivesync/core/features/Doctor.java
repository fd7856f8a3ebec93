package dev.hivesync.core.features;

import com.google.gson.JsonObject;
import dev.hivesync.core.Connecting.Connected;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.Version;
import dev.hivesync.core.Way;

/** Tells what is wrong, and what to do: what this plugin sees, and what `hivesync doctor` finds. */
public final class Doctor {

  private Doctor() {}

  public static String report(Connected connected) {
    Way way = connected.session().way();
    StringBuilder report = new StringBuilder("HiveSync " + Version.PLUGIN + " for JetBrains IDEs\n");
    report.append("Way: ").append(way.mode().word()).append(" (").append(way.reason()).append(") ");
    report.append(way.detail()).append("\nCommand: ");
    report.append(connected.command().find().map(Object::toString).orElse("not found")).append("\n\n");
    try {
      JsonObject told = connected.command().run("doctor");
      Json.objects(told, "findings").forEach(finding -> report.append(finding(finding)));
    } catch (HiveSyncException failure) {
      report.append(failure.getMessage());
    }
    return PlainText.lines(report.toString());
  }

  static String finding(JsonObject told) {
    String grade = Json.text(told, "grade");
    String mark = grade.equals("ok") ? "✓" : grade.equals("wrong") ? "✗" : "•";
    String line = mark + " " + PlainText.line(Json.text(told, "check"), 40) + ": ";
    String remedy = PlainText.line(Json.text(told, "remedy"), 1000);
    String more = remedy.isEmpty() ? "" : "    " + remedy + "\n";
    return line + PlainText.line(Json.text(told, "text"), 1000) + "\n" + more;
  }
}
