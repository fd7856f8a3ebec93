package dev.hivesync.conformance;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.hivesync.core.Answer;
import dev.hivesync.core.Connecting;
import dev.hivesync.core.Event;
import dev.hivesync.core.EventStream;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.SecretStore;
import dev.hivesync.core.Session;
import dev.hivesync.core.Way;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Lets the conformance runner drive this plugin's client, as `docs/write-a-plugin.md` says. Only an adapter. */
public final class Driver {

  private static final com.google.gson.Gson WITH_NULLS = new GsonBuilder().serializeNulls().create();

  private final Session session;
  private final OutputStream output;
  // Calls may overlap, so each is done in a thread of its own.
  private final ExecutorService threads = Executors.newCachedThreadPool(Driver::daemon);
  private EventStream stream;

  private Driver(Session session, OutputStream output) {
    this.session = session;
    this.output = output;
  }

  public static void main(String[] words) throws IOException, HiveSyncException {
    String address = System.getenv("HIVESYNC_CONFORMANCE_ADDRESS");
    int colon = address.lastIndexOf(':');
    Session session = Connecting.here(System.getenv()).connect("hivesync", new NoSecrets()).session();
    try (Socket socket = new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
      BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      new Driver(session, socket.getOutputStream()).serve(lines);
    }
  }

  private void serve(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonObject request = Json.objectOf(line);
      if (Json.text(request, "do").equals("stop")) {
        stop(request);
        return;
      }
      threads.execute(() -> answer(request));
    }
  }

  private void answer(JsonObject request) {
    try {
      switch (Json.text(request, "do")) {
        case "call" -> call(request);
        case "mode" -> mode(request);
        case "events" -> events(request);
        default -> throw new HiveSyncException("VALIDATION_ERROR", "Not a word of this protocol.");
      }
    } catch (HiveSyncException failure) {
      say(told(request, failure));
    }
  }

  private void call(JsonObject request) throws HiveSyncException {
    JsonElement body = request.get("body");
    JsonElement sent = body == null || body.isJsonNull() ? null : body;
    Answer answer = session.call(Json.text(request, "method"), Json.text(request, "path"), sent);
    JsonObject told = reply(request);
    told.addProperty("status", answer.status());
    told.add("body", answer.json());
    say(told);
  }

  private void mode(JsonObject request) {
    Way way = session.way();
    JsonObject told = reply(request);
    told.addProperty("mode", way.mode().word());
    told.addProperty("reason", way.reason());
    say(told);
  }

  private void events(JsonObject request) {
    stream = new EventStream(session, this::hear);
    stream.run(outcome -> say(settled(request, outcome)));
  }

  private void hear(Event event) {
    JsonObject shown = new JsonObject();
    shown.addProperty("id", event.id());
    shown.addProperty("type", event.type());
    shown.add("data", event.data());
    JsonObject told = new JsonObject();
    told.add("event", shown);
    say(told);
  }

  private void stop(JsonObject request) {
    if (stream != null) {
      stream.stop();
    }
    session.forget();
    say(settled(request, Optional.empty()));
  }

  private synchronized void say(JsonObject told) {
    try {
      output.write((WITH_NULLS.toJson(told) + "\n").getBytes(StandardCharsets.UTF_8));
      output.flush();
    } catch (IOException gone) {
      System.exit(1); // without the runner there is nothing left to do
    }
  }

  private static JsonObject settled(JsonObject request, Optional<HiveSyncException> failure) {
    if (failure.isPresent()) {
      return told(request, failure.get());
    }
    JsonObject told = reply(request);
    told.addProperty("ok", true);
    return told;
  }

  private static JsonObject told(JsonObject request, HiveSyncException failure) {
    JsonObject error = new JsonObject();
    error.addProperty("code", failure.code());
    error.addProperty("message", failure.getMessage());
    JsonObject told = reply(request);
    told.add("error", error);
    return told;
  }

  private static JsonObject reply(JsonObject request) {
    JsonObject told = new JsonObject();
    told.add("id", request.get("id"));
    return told;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    return thread;
  }

  /** The runner brings the `hivesync` command, so that nothing is ever stored. */
  private static final class NoSecrets implements SecretStore {

    @Override
    public Optional<String> read(String account) {
      return Optional.empty();
    }

    @Override
    public void write(String account, String secret) {
      throw new IllegalStateException("The driver never signs in by itself.");
    }
  }
}
