package dev.hivesync.core.features;

import com.google.gson.JsonObject;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.Mode;
import dev.hivesync.core.Session;
import dev.hivesync.core.Way;
import java.util.Locale;
import java.util.Set;

/** What the status bar tells. Whether a call goes by the agent stands in the tooltip only. */
public record Status(
  String state,
  String username,
  String tier,
  String serverUrl,
  Way way,
  int pendingPreviews,
  int queued,
  int conflicts,
  int unread
) {
  public static final String SIGNED_IN = "signed in";
  public static final String SIGNED_OUT = "signed out";
  public static final String PAUSED = "paused";

  private static final Set<String> REFUSED = Set.of("AUTH_REQUIRED", "AUTH_INVALID", "AUTH_EXPIRED");

  /** Before anything was asked. */
  public static Status starting() {
    return without("starting", new Way(Mode.NONE, "", ""));
  }

  /** Where nothing could be asked: the state is told instead, and the way's detail says why. */
  public static Status without(String state, Way way) {
    return new Status(state, "", "", "", way, 0, 0, 0, 0);
  }

  /** Ask; what can't be asked is told by the status itself. */
  public static Status of(Session session) {
    Way way = session.way();
    if (way.mode() == Mode.NONE) {
      return without(SIGNED_OUT, way);
    }
    try {
      return way.mode() == Mode.PROXY ? ofAgent(session, way) : ofBackend(session, way);
    } catch (HiveSyncException failure) {
      String state = REFUSED.contains(failure.code()) ? SIGNED_OUT : "offline";
      return without(state, new Way(way.mode(), way.reason(), failure.getMessage()));
    }
  }

  public boolean isSignedIn() {
    return state.equals(SIGNED_IN);
  }

  /** The words of the status bar. */
  public String text() {
    if (!isSignedIn()) {
      return "HiveSync: " + state;
    }
    StringBuilder text = new StringBuilder("HiveSync: " + PlainText.line(username, 40));
    if (!tier.isEmpty()) {
      String word = tier.substring(0, 1).toUpperCase(Locale.ROOT) + tier.substring(1);
      text.append(" · ").append(PlainText.line(word, 20));
    }
    append(text, pendingPreviews, pendingPreviews == 1 ? "preview" : "previews");
    append(text, queued, "waiting");
    append(text, conflicts, conflicts == 1 ? "conflict" : "conflicts");
    append(text, unread, "unread");
    return text.toString();
  }

  /** The words of its tooltip. */
  public String tooltip() {
    String mode = switch (way.mode()) {
      case PROXY -> "through the agent";
      case DIRECT -> "directly, without the agent";
      case NONE -> "not connected";
    };
    StringBuilder text = new StringBuilder("HiveSync " + mode);
    if (!way.detail().isEmpty()) {
      text.append(". ").append(way.detail());
    }
    if (state.equals(PAUSED)) {
      text.append(". The agent rests; `hivesync api POST /v1/resume` or its icon lets it go on.");
    }
    if (conflicts > 0) {
      text.append(". What came back: `hivesync operations`.");
    }
    return PlainText.line(text.toString(), 300);
  }

  private static Status ofAgent(Session session, Way way) throws HiveSyncException {
    Status status = read(session.get("/v1/status"), way);
    return status.isSignedIn() ? status.withUnread(unread(session)) : status;
  }

  /** Read what the agent tells; what is unread, the backend alone knows. */
  static Status read(JsonObject told, Way way) {
    JsonObject user = Json.object(told, "user");
    boolean isSignedIn = Json.flag(told, "signed_in") && Json.hasObject(told, "user");
    String state = isSignedIn ? SIGNED_IN : SIGNED_OUT;
    if (Json.flag(told, "paused")) {
      state = PAUSED;
    } else if (isSignedIn && !Json.flag(told, "online")) {
      state = "offline";
    }
    return new Status(
      state,
      Json.text(user, "username"),
      Json.text(user, "tier"),
      Json.text(told, "server_url"),
      way,
      Json.number(told, "pending_previews", 0),
      Json.number(told, "queued_operations", 0),
      Json.number(told, "conflicting_operations", 0),
      0
    );
  }

  private Status withUnread(int number) {
    return new Status(state, username, tier, serverUrl, way, pendingPreviews, queued, conflicts, number);
  }

  private static Status ofBackend(Session session, Way way) throws HiveSyncException {
    JsonObject user = session.get("/api/v1/auth/me");
    String name = Json.text(user, "username");
    return new Status(SIGNED_IN, name, Json.text(user, "tier"), "", way, 0, 0, 0, unread(session));
  }

  private static int unread(Session session) throws HiveSyncException {
    try {
      return Json.number(session.get("/api/v1/notifications/unread"), "count", 0);
    } catch (HiveSyncException failure) {
      if (REFUSED.contains(failure.code())) {
        throw failure;
      }
      return 0; // a number less, as when this minute's requests are used up; who is signed in is known all the same
    }
  }

  private static void append(StringBuilder text, int number, String what) {
    if (number > 0) {
      text.append(" · ").append(number).append(' ').append(what);
    }
  }
}
