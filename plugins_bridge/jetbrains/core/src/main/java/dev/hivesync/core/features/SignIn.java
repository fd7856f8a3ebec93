package dev.hivesync.core.features;

import com.google.gson.JsonObject;
import dev.hivesync.core.Connecting.Connected;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.Mode;
import dev.hivesync.core.OwnSession;
import java.util.List;

/** Log In and Log Out: by the agent, which is started if need be; without the command by the plugin itself. */
public final class SignIn {

  private static final int POLL_MILLISECONDS = 1_000;

  private final Connected connected;
  private final String server;

  public SignIn(Connected connected, String server) {
    this.connected = connected;
    this.server = server;
  }

  /** Shows the user what to confirm. `link` is empty if it must not be opened. */
  public interface Prompt {
    void show(String userCode, String link);
  }

  /** Sign in, and wait until it was confirmed; give the user's name. */
  public String in(Prompt prompt, Progress progress) throws HiveSyncException {
    if (connected.session().way().mode() == Mode.PROXY || connected.command().find().isPresent()) {
      startAgent(progress);
      return byAgent(prompt, progress);
    }
    OwnSession.DeviceCode code = connected.own().start();
    prompt.show(PlainText.line(code.userCode(), 40), Links.isOurs(code.link(), List.of(server)) ? code.link() : "");
    if (!connected.own().finish(code, progress::isCancelled)) {
      throw new HiveSyncException(Progress.CANCELLED, "It was cancelled.");
    }
    connected.session().forget();
    return Json.text(connected.session().get("/api/v1/auth/me"), "username");
  }

  /** Sign this machine out, every editor with it. */
  public void out() throws HiveSyncException {
    if (connected.session().way().mode() == Mode.PROXY) {
      connected.session().change("DELETE", "/v1/session", null);
    } else if (connected.command().find().isPresent()) {
      byCommand();
    } else {
      connected.own().end();
    }
    connected.session().forget();
  }

  private void byCommand() throws HiveSyncException {
    try {
      connected.command().run("logout");
    } catch (HiveSyncException failure) {
      if (!failure.isSignedOut()) {
        throw failure;
      }
    }
  }

  private void startAgent(Progress progress) throws HiveSyncException {
    if (connected.session().way().mode() != Mode.PROXY) {
      progress.say("Starting the agent");
      connected.command().run("agent", "start");
    }
  }

  private String byAgent(Prompt prompt, Progress progress) throws HiveSyncException {
    JsonObject state = connected.session().get("/v1/session");
    if (!Json.flag(state, "signed_in")) {
      state = connected.session().change("POST", "/v1/session/login", new JsonObject());
      show(prompt, state);
    }
    while (!Json.flag(state, "signed_in")) {
      if (!Json.hasObject(state, "pending")) {
        String error = PlainText.line(Json.text(state, "error"), 300);
        throw new HiveSyncException("AUTH_INVALID", error.isEmpty() ? "The sign-in has ended." : error);
      }
      progress.pause(POLL_MILLISECONDS);
      state = connected.session().get("/v1/session");
    }
    return Json.text(Json.object(state, "user"), "username");
  }

  static void show(Prompt prompt, JsonObject state) {
    JsonObject pending = Json.object(state, "pending");
    String link = Json.text(pending, "verification_uri_complete");
    boolean isOurs = Links.isOurs(link, List.of(Json.text(state, "server_url")));
    prompt.show(PlainText.line(Json.text(pending, "user_code"), 40), isOurs ? link : "");
  }
}
