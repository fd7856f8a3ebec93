package dev.hivesync.core;

import com.google.gson.JsonObject;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.BooleanSupplier;

/**
 * A sign-in of the plugin's own (RFC 8628), for machines without the `hivesync` command. The refresh token lies in
 * the IDE's secret storage, under the backend that gave it, and goes to that backend only.
 */
public final class OwnSession implements TokenSource {

  private static final String CLIENT_ID = "hivesync-cli";
  private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";
  private static final int SLOW_DOWN_SECONDS = 5;
  private static final Map<String, String> REFUSALS = Map.of(
    "access_denied",
    "The sign-in was refused in the browser.",
    "expired_token",
    "The code has expired before it was confirmed; start again."
  );

  private final Origin origin;
  private final SecretStore secrets;
  private final DirectLink backend;

  OwnSession(Origin origin, SecretStore secrets, HttpClient http) {
    this.origin = origin;
    this.secrets = secrets;
    // Only calls without a token go this way, so it is its own source only in name.
    this.backend = new DirectLink(origin, this, "", http);
  }

  /** What the user must confirm in a browser. */
  public record DeviceCode(String userCode, String link, String deviceCode, int intervalSeconds, int expiresSeconds) {
    @Override
    public String toString() {
      return "DeviceCode";
    }
  }

  @Override
  public synchronized Token fetch() throws HiveSyncException {
    // Read each time: another window may have put a successor there.
    Optional<String> refresh = secrets.read(account());
    if (refresh.isEmpty()) {
      throw HiveSyncCommand.missing();
    }
    JsonObject body = new JsonObject();
    body.addProperty("refresh_token", refresh.get());
    Answer answer = backend.sendPublic(Call.of("POST", "/api/v1/auth/refresh", body));
    if (answer.status() == 401) {
      forget(refresh.get());
      throw new HiveSyncException(HiveSyncException.SIGNED_OUT, "The session has ended; log in again.", 401);
    }
    return keep(answer.good());
  }

  /** Ask for a user code and a link. */
  public DeviceCode start() throws HiveSyncException {
    JsonObject told = form("/api/v1/auth/device/code", Map.of("client_id", CLIENT_ID)).good();
    return new DeviceCode(
      Json.text(told, "user_code"),
      Json.text(told, "verification_uri_complete"),
      Json.text(told, "device_code"),
      Math.max(1, Json.number(told, "interval", SLOW_DOWN_SECONDS)),
      Json.number(told, "expires_in", 600)
    );
  }

  /** Wait until the user has confirmed, at the pace the backend asks for; false if `isCancelled` said so. */
  public boolean finish(DeviceCode code, BooleanSupplier isCancelled) throws HiveSyncException {
    Map<String, String> fields = Map.of("grant_type", GRANT, "device_code", code.deviceCode(), "client_id", CLIENT_ID);
    long began = System.nanoTime();
    int interval = code.intervalSeconds();
    while ((System.nanoTime() - began) / 1_000_000_000L < code.expiresSeconds()) {
      if (!waited(interval, isCancelled)) {
        return false;
      }
      Answer answer = form("/api/v1/auth/device/token", fields);
      if (answer.status() == 200) {
        keep(answer.good());
        return true;
      }
      String error = oauthError(answer);
      if (error.equals("slow_down")) {
        interval += SLOW_DOWN_SECONDS;
      } else if (!error.equals("authorization_pending")) {
        throw refusal(error);
      }
    }
    throw refusal("expired_token");
  }

  /** End the session here, and at the backend; false if there was none. */
  public synchronized boolean end() throws HiveSyncException {
    Optional<String> refresh = secrets.read(account());
    if (refresh.isEmpty()) {
      return false;
    }
    secrets.write(account(), null);
    JsonObject body = new JsonObject();
    body.addProperty("refresh_token", refresh.get());
    backend.sendPublic(Call.of("POST", "/api/v1/auth/logout", body)).good();
    return true;
  }

  private Token keep(JsonObject pair) throws HiveSyncException {
    String refresh = Json.text(pair, "refresh_token");
    try {
      Token token = new Token(Json.text(pair, "access_token"), Json.number(pair, "expires_in", 0));
      // Stored before the access token is used: that use retires the refresh token before it.
      secrets.write(account(), refresh);
      return token;
    } catch (IllegalArgumentException malformed) {
      throw new HiveSyncException(HiveSyncException.INTERNAL, "The sign-in did not answer with a token.");
    }
  }

  private void forget(String refused) {
    // What another window has just put there is not ours to remove.
    if (secrets.read(account()).equals(Optional.of(refused))) {
      secrets.write(account(), null);
    }
  }

  private String account() {
    return "session " + origin.text();
  }

  private Answer form(String path, Map<String, String> fields) throws HiveSyncException {
    StringJoiner form = new StringJoiner("&");
    fields.forEach((name, value) -> form.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return backend.sendPublic(Call.ofForm(path, form.toString()));
  }

  private static String oauthError(Answer answer) throws HiveSyncException {
    String error = answer.status() == 400 ? Json.text(Json.objectOf(answer.text()), "error") : "";
    if (error.isEmpty()) {
      throw answer.problem();
    }
    return error;
  }

  private static boolean waited(int seconds, BooleanSupplier isCancelled) {
    try {
      for (int slept = 0; slept < seconds * 10 && !isCancelled.getAsBoolean(); slept++) {
        Thread.sleep(100);
      }
      return !isCancelled.getAsBoolean();
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static HiveSyncException refusal(String error) {
    String detail = REFUSALS.getOrDefault(error, "The sign-in failed (" + error + ").");
    return new HiveSyncException("AUTH_INVALID", detail, 401);
  }
}
