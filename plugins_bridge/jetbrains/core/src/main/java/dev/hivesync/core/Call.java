package dev.hivesync.core;

import com.google.gson.JsonElement;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A request to the backend (`/api/v1/…`) or to the agent itself (`/v1/…`), before it is known who answers it.
 *
 * @param body the bytes to send; null for none
 */
public record Call(String method, String path, byte[] body, Map<String, String> headers) {
  public static final String KEY = "Idempotency-Key";

  private static final Set<String> SAFE = Set.of("GET", "HEAD");
  private static final Set<String> CHANGING = Set.of("POST", "PUT", "PATCH", "DELETE");
  // Visible ASCII only: a line break would end the request line, and a space the path.
  private static final Pattern PATH = Pattern.compile("/[!-~&&[^\\\\#]]*");

  /** Give a call with a JSON body; one that changes something gets a key, the same for every attempt. */
  public static Call of(String method, String path, JsonElement body) throws HiveSyncException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "application/json");
    if (body == null) {
      return checked(method, path, null, headers);
    }
    headers.put("Content-Type", "application/json");
    return checked(method, path, Json.write(body).getBytes(StandardCharsets.UTF_8), headers);
  }

  /** Give a call that reads, with headers of its own. */
  public static Call reading(String path, Map<String, String> headers) throws HiveSyncException {
    return checked("GET", path, null, new LinkedHashMap<>(headers));
  }

  /** Give a call with a form body, as the device sign-in (RFC 8628) takes it. */
  public static Call ofForm(String path, String form) throws HiveSyncException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "application/json");
    headers.put("Content-Type", "application/x-www-form-urlencoded");
    return checked("POST", path, form.getBytes(StandardCharsets.UTF_8), headers);
  }

  private static Call checked(String method, String path, byte[] body, Map<String, String> headers)
    throws HiveSyncException {
    if (!SAFE.contains(method) && !CHANGING.contains(method)) {
      throw new HiveSyncException(HiveSyncException.INVALID, "That is not a method of the API.");
    }
    if (!PATH.matcher(path).matches() || path.startsWith("//")) {
      throw new HiveSyncException(HiveSyncException.INVALID, "That is not a path of the API.");
    }
    if (CHANGING.contains(method)) {
      headers.put(KEY, UUID.randomUUID().toString());
    }
    return new Call(method, path, body, Map.copyOf(headers));
  }

  /** Tell whether only the agent can answer it. */
  public boolean isLocal() {
    return !path.startsWith("/api/");
  }

  /** Tell whether it changes nothing. */
  public boolean isSafe() {
    return SAFE.contains(method);
  }

  public Optional<String> key() {
    return Optional.ofNullable(headers.get(KEY));
  }

  /** Give the path without its query. */
  public String resource() {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  @Override
  public String toString() {
    return method + " " + resource();
  }
}
