package dev.hivesync.core;

import com.google.gson.JsonObject;
import dev.hivesync.core.AgentUnusableException.Reason;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a client needs of the discovery file.
 *
 * @param token a secret of this machine and user
 * @param serverUrl the backend that the agent serves; empty if it does not say
 * @param forwardedFrom the machine on which the agent runs; empty for this one
 */
public record Discovery(int port, String token, String version, String serverUrl, String forwardedFrom) {
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43}");

  /** Check what the file says; throw with the reason if it can't be believed. */
  static Discovery of(String content) throws AgentUnusableException {
    Optional<JsonObject> told = Json.parse(content)
      .filter(value -> value.isJsonObject())
      .map(value -> value.getAsJsonObject());
    if (told.isEmpty()) {
      throw AgentUnusableException.damaged("The discovery file is damaged; restart the agent.");
    }
    JsonObject data = told.get();
    if (Json.number(data, "schema", 0) != 1) {
      throw AgentUnusableException.damaged("The discovery file has an unknown schema; update HiveSync.");
    }
    checkProtocol(Json.object(data, "protocol"));
    int port = Json.number(data, "port", 0);
    if (port < 1 || port > 65_535) {
      throw AgentUnusableException.damaged("The discovery file names an impossible port.");
    }
    String token = Json.text(data, "token");
    if (!TOKEN.matcher(token).matches()) {
      throw AgentUnusableException.damaged("The discovery file holds a malformed token.");
    }
    return new Discovery(
      port,
      token,
      Json.text(data, "version"),
      Json.text(data, "server_url"),
      Json.text(data, "forwarded_from")
    );
  }

  private static void checkProtocol(JsonObject range) throws AgentUnusableException {
    int lowest = Json.number(range, "min", -1);
    int highest = Json.number(range, "max", -1);
    if (lowest < 0 || highest < 0) {
      throw AgentUnusableException.damaged("The discovery file names no protocol version.");
    }
    if (lowest > Version.PROTOCOL) {
      throw new AgentUnusableException(Reason.AGENT_TOO_NEW, "The agent is newer than this plugin: update the plugin.");
    }
    if (highest < Version.PROTOCOL) {
      throw new AgentUnusableException(Reason.AGENT_TOO_OLD, "The agent is older than this plugin: update HiveSync.");
    }
  }

  @Override
  public String toString() {
    return "Discovery[port=" + port + ", version=" + version + "]";
  }
}
