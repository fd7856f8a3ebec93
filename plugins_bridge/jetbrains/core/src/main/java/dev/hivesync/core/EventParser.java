package dev.hivesync.core;

import com.google.gson.JsonElement;
import java.util.Optional;
import java.util.StringJoiner;

/** Makes events of lines, by the rules of the WHATWG ("Server-sent events"). */
final class EventParser {

  private String type = "";
  private String id = "";
  private StringJoiner data;

  /** Take one line; give the event that it completes. One that is not JSON is left out. */
  Optional<Event> take(String line) {
    if (line.isEmpty()) {
      return complete();
    }
    int colon = line.indexOf(':');
    String name = colon < 0 ? line : line.substring(0, colon);
    String value = colon < 0 ? "" : line.substring(colon + 1);
    value = value.startsWith(" ") ? value.substring(1) : value;
    switch (name) {
      case "event" -> type = value;
      case "data" -> addData(value);
      case "id" -> id = value.indexOf('\0') < 0 ? value : id;
      default -> {
      } // a comment, or a field that a later release may bring
    }
    return Optional.empty();
  }

  private void addData(String value) {
    data = data == null ? new StringJoiner("\n") : data;
    data.add(value);
  }

  private Optional<Event> complete() {
    StringJoiner whole = data;
    String named = type.isEmpty() ? "message" : type;
    data = null;
    type = "";
    if (whole == null) {
      return Optional.empty();
    }
    Optional<JsonElement> value = Json.parse(whole.toString());
    return value.map(decoded -> new Event(id, named, decoded));
  }
}
