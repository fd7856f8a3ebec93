package dev.hivesync.core.features;

import com.google.gson.JsonObject;
import dev.hivesync.core.AgentUnusableException;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Mode;
import dev.hivesync.core.Session;
import dev.hivesync.core.Way;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/** Asks for previews and follows them until they end. */
public final class Previews {

  private static final int POLL_MILLISECONDS = 500;
  private static final Map<String, String> UNTIL = Map.of(
    "preparing",
    "Reading the project",
    "uploading",
    "Uploading",
    "building",
    "Building the preview"
  );

  private Previews() {}

  /** Tell whether the agent makes it; throw if only the agent could, and it does not run. */
  public static boolean isByAgent(Session session, boolean live) throws HiveSyncException {
    Way way = session.way();
    if (way.mode() != Mode.PROXY && live) {
      throw new AgentUnusableException(
        AgentUnusableException.Reason.valueOf(way.reason()),
        way.detail() + " Without it there is no live preview."
      );
    }
    return way.mode() == Mode.PROXY;
  }

  /** Have the agent preview the project that the path is in. */
  public static Preview request(Session session, Path path, boolean live, String platform, Progress progress)
    throws HiveSyncException {
    JsonObject body = new JsonObject();
    body.addProperty("path", path.toString());
    body.addProperty("platform", platform);
    body.addProperty("live", live);
    JsonObject made = session.change("POST", "/v1/previews", body);
    return followed(session, Preview.ofAgent(made), Preview::ofAgent, progress);
  }

  /** Preview one file without an agent. */
  public static Preview requestDirect(
    Session session,
    DirectPreview direct,
    Project project,
    Path file,
    String platform,
    Progress progress
  ) throws HiveSyncException {
    progress.say(UNTIL.get("uploading"));
    Preview made = Preview.ofBackend(direct.create(project, file, platform), project);
    return followed(session, made, told -> Preview.ofBackend(told, project), progress);
  }

  /** End a live preview; the phone keeps what it shows. */
  public static void stop(Session session, Preview preview) throws HiveSyncException {
    session.change("POST", preview.path() + "/stop", null);
  }

  private static Preview followed(Session session, Preview made, Function<JsonObject, Preview> read, Progress progress)
    throws HiveSyncException {
    Preview preview = made;
    try {
      while (!preview.hasEnded()) {
        progress.say(UNTIL.getOrDefault(preview.state(), "Waiting for the preview"));
        progress.pause(POLL_MILLISECONDS);
        preview = read.apply(session.get(preview.path()));
      }
    } catch (HiveSyncException failure) {
      if (failure.code().equals(Progress.CANCELLED)) {
        session.call("DELETE", made.path(), null);
      }
      throw failure;
    }
    return preview;
  }
}
