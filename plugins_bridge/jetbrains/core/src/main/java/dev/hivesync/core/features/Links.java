package dev.hivesync.core.features;

import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.Origin;
import dev.hivesync.core.Session;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which link of a server's answer may be opened or written to: https, or http to this machine. */
public final class Links {

  private Links() {}

  /** Give the origins that the backend names as its own; it is the first of them. */
  public static List<String> origins(Session session, String server) throws HiveSyncException {
    List<String> origins = new ArrayList<>(List.of(server));
    origins.addAll(Json.texts(session.get("/api/v1/health"), "upload_origins"));
    return origins;
  }

  /**
   * Tell whether the link leads to one of these origins. Other ports of this machine are ours only where the server
   * itself, the first of them, is here, too: one elsewhere has no say over what listens on this machine.
   */
  public static boolean isOurs(String link, List<String> origins) {
    Optional<Origin> origin = originOf(link);
    if (origin.isEmpty()) {
      return false;
    }
    if (origin.get().isLoopback()) {
      return originOf(origins.get(0)).filter(Origin::isLoopback).isPresent();
    }
    return origins.stream().map(Links::originOf).anyMatch(origin::equals);
  }

  private static Optional<Origin> originOf(String link) {
    if (!link.matches("[!-~&&[^\"'`\\\\<>]]+")) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(link);
      // The link's own origin must be one that `Origin` accepts; user names are refused with it.
      return Optional.of(Origin.of(uri.getScheme() + "://" + uri.getRawAuthority()));
    } catch (URISyntaxException | HiveSyncException notForABrowser) {
      return Optional.empty();
    }
  }
}
