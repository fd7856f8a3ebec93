package dev.hivesync.core;

import java.net.URI;
import java.net.URISyntaxException;

/** The one backend that tokens may go to: https, or http to this machine. */
public record Origin(String scheme, String host, int port) {
  /** The server of `make demo`; any other must be named. */
  public static final String LOCAL = "http://127.0.0.1:4000";

  /** Read an origin; throw for anything that is more, less or something else. */
  public static Origin of(String text) throws HiveSyncException {
    URI uri;
    try {
      uri = new URI(text.strip().replaceAll("/+$", ""));
    } catch (URISyntaxException notAnAddress) {
      throw refused("The server must be an origin, such as https://hivesync.example.com.");
    }
    boolean isBare = uri.getUserInfo() == null && uri.getRawPath() != null && uri.getRawPath().isEmpty();
    boolean isNamed = uri.getScheme() != null && uri.getHost() != null;
    if (!isNamed || !isBare || uri.getQuery() != null || uri.getFragment() != null) {
      throw refused("The server must be an origin, such as https://hivesync.example.com.");
    }
    boolean isEncrypted = uri.getScheme().equals("https");
    if (!isEncrypted && !(uri.getScheme().equals("http") && isLoopback(uri.getHost()))) {
      throw refused("The server must begin with https://; http is only for this machine.");
    }
    return new Origin(uri.getScheme(), uri.getHost(), uri.getPort());
  }

  /** Tell whether it can only be this machine. No name is looked up: an answer could be anybody's. */
  public boolean isLoopback() {
    return isLoopback(host);
  }

  public String text() {
    return scheme + "://" + host + (port < 0 ? "" : ":" + port);
  }

  /** Give the address of a path that `Call` has checked. */
  URI address(String path) {
    return URI.create(text() + path);
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.(0|[1-9][0-9]{0,2})){3}");
  }

  private static HiveSyncException refused(String detail) {
    return new HiveSyncException(HiveSyncException.INVALID, detail);
  }
}
