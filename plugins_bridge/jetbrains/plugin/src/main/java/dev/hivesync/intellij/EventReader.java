package dev.hivesync.intellij;

import com.google.gson.JsonObject;
import dev.hivesync.core.Event;
import dev.hivesync.core.Json;
import dev.hivesync.core.features.BuildError;
import dev.hivesync.core.features.PhoneConsole;
import dev.hivesync.core.features.PlainText;
import java.util.Set;

/** What each event changes in the IDE. One of an unknown type changes nothing. */
final class EventReader {

  private static final Set<String> REFRESHING = Set.of(
    "agent.changed",
    "preview.progress",
    "preview.state",
    "operation.queued",
    "operation.done",
    "reset"
  );

  private final HiveSync plugin;

  EventReader(HiveSync plugin) {
    this.plugin = plugin;
  }

  /** Take an event, in the thread that reads them. */
  void take(Event event) {
    JsonObject data = event.data().isJsonObject() ? event.data().getAsJsonObject() : new JsonObject();
    switch (event.type()) {
      case "device.console" -> plugin.console().add(PhoneConsole.text(data));
      case "preview.diagnostics" -> plugin
        .buildErrors()
        .replace(Json.text(data, "preview_id"), BuildError.of(data, "diagnostics"));
      case "notification.created" -> tell(data);
      case "session.changed" -> plugin.accountChanged();
      case "operation.conflict" -> tellConflict(Json.object(data, "operation"));
      default -> {
        if (REFRESHING.contains(event.type())) {
          plugin.refreshSoon();
        }
      }
    }
  }

  /** A change that the user believes done has come back; that is told whatever the settings say of balloons. */
  private void tellConflict(JsonObject operation) {
    JsonObject problem = Json.object(Json.object(operation, "conflict"), "problem");
    String why = PlainText.line(Json.text(problem, "detail"), 400);
    Balloon.tell(null, "A change came back. " + why + " See `hivesync operations`.");
    plugin.refreshSoon();
  }

  private void tell(JsonObject data) {
    String text = PlainText.line(Json.text(Json.object(data, "notification"), "text"), 400);
    if (HiveSyncSettings.get().getState().showsBalloons && !text.isEmpty()) {
      Balloon.tell(null, text);
    }
    plugin.refreshSoon();
  }
}
