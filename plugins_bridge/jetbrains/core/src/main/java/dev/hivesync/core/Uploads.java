package dev.hivesync.core;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Puts bytes into the object store, at an address that was checked. It gets no token of ours. */
public final class Uploads {

  private static final Duration DEADLINE = Duration.ofSeconds(60);
  // The JDK writes these itself and refuses them.
  private static final Set<String> OF_THE_CLIENT = Set.of("content-length", "host", "connection", "expect", "upgrade");

  private final HttpClient http;

  Uploads(HttpClient http) {
    this.http = http;
  }

  public void put(String url, Map<String, String> headers, byte[] content) throws HiveSyncException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(DEADLINE);
    headers.forEach((name, value) -> {
      if (!OF_THE_CLIENT.contains(name.toLowerCase(Locale.ROOT))) {
        request.setHeader(name, value);
      }
    });
    try {
      HttpRequest put = request.PUT(BodyPublishers.ofByteArray(content)).build();
      int status = http.send(put, BodyHandlers.discarding()).statusCode();
      if (status >= 300) {
        throw new HiveSyncException(HiveSyncException.INTERNAL, "The object store did not take the file.", status);
      }
    } catch (IOException unreachable) {
      throw new OfflineException("The file could not be uploaded: the object store can't be reached.");
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw new OfflineException("It was cancelled.");
    }
  }
}
