package dev.hivesync.core.features;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hivesync.core.Connecting;
import dev.hivesync.core.Connecting.Connected;
import dev.hivesync.core.HiveSyncException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A backend that answers what a test writes down, on a real socket, and keeps what it was asked. */
final class ScriptedBackend implements AutoCloseable {

  private record Scripted(int status, String body) {}

  /** A request as it arrived. */
  record Asked(String what, String body, String authorization) {}

  private final HttpServer server;
  private final Map<String, Scripted> answers = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  ScriptedBackend() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Answer `METHOD /path` so from now on; quotes may be single ones. */
  ScriptedBackend on(String what, int status, String body) {
    answers.put(what, new Scripted(status, body.replace('\'', '"')));
    return this;
  }

  List<Asked> asked(String what) {
    return asked
      .stream()
      .filter(each -> each.what().equals(what))
      .toList();
  }

  /** Give what a plugin works with where no agent runs: its runtime folder is this empty one. */
  Connected connected(Path empty) throws HiveSyncException {
    Map<String, String> environment = Map.of(
      "HIVESYNC_SERVER_URL",
      origin(),
      "HIVESYNC_TOKEN",
      "key",
      // Nothing listens there, and no call to this machine may ask it.
      "HTTPS_PROXY",
      "http://127.0.0.1:9",
      "HIVESYNC_RUNTIME_DIR",
      empty.toString(),
      "HIVESYNC_STATE_DIR",
      empty.toString()
    );
    return Connecting.here(environment).connect("hivesync", new NoSecrets());
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String what = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String authorization = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
    asked.add(new Asked(what, body, authorization));
    Scripted scripted = answers.getOrDefault(what, new Scripted(404, "{\"code\": \"NOT_FOUND\"}"));
    byte[] bytes = scripted.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(scripted.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
