package dev.hivesync.core.features;

import com.google.gson.JsonObject;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.Mode;
import dev.hivesync.core.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What AI says of a text. All of it is a model's output: shown as text only, and applied by the user only. */
public record AiDocs(String file, String page, String suggestedDiff) {
  private static final int POLL_MILLISECONDS = 700;
  private static final int DIFF_MAX_CHARACTERS = 1_000_000;
  private static final int EXPLANATIONS_MAX = 100;
  private static final Map<String, String> UNTIL = Map.of(
    "preparing",
    "Reading the file",
    "queued",
    "Waiting for its turn",
    "running",
    "Reading and explaining"
  );

  /** A text to be explained, perhaps unsaved; lines count from 1, and both are 0 for the whole. */
  public record Question(Path path, String content, int lineStart, int lineEnd) {
    JsonObject selection() {
      JsonObject selection = new JsonObject();
      selection.addProperty("line_start", lineStart);
      selection.addProperty("line_end", lineEnd);
      return selection;
    }
  }

  /** Ask by the agent, and wait for the answer. */
  public static AiDocs request(Session session, Question question, Progress progress) throws HiveSyncException {
    JsonObject body = new JsonObject();
    body.addProperty("path", question.path().toString());
    body.addProperty("content", question.content());
    if (question.lineStart() > 0) {
      body.add("selection", question.selection());
    }
    JsonObject made = session.change("POST", "/v1/ai-docs", body);
    return followed(session, made, "/v1/ai-docs/", progress);
  }

  /** Ask the backend itself, where no agent runs. */
  public static AiDocs requestDirect(Session session, Project project, Question question, Progress progress)
    throws HiveSyncException {
    String relative = project.relative(question.path());
    JsonObject body = new JsonObject();
    body.addProperty("path", relative.isEmpty() ? question.path().getFileName().toString() : relative);
    body.addProperty("content", question.content());
    body.addProperty("sha256", DirectPreview.digestOf(question.content().getBytes(StandardCharsets.UTF_8)));
    if (question.lineStart() > 0) {
      body.add("selection", question.selection());
    }
    String path = project.path() + "/ai-docs";
    return followed(session, session.change("POST", path, body), path + "/", progress);
  }

  /** Tell whether the agent is there to ask. */
  public static boolean isByAgent(Session session) {
    return session.way().mode() == Mode.PROXY;
  }

  private static AiDocs followed(Session session, JsonObject made, String above, Progress progress)
    throws HiveSyncException {
    JsonObject told = made;
    String path = above + Pages.encoded(Json.text(made, "id"));
    while (!Json.text(told, "state").equals("ready")) {
      if (Json.text(told, "state").equals("failed")) {
        JsonObject error = Json.object(told, "error");
        throw new HiveSyncException(Json.text(error, "code"), PlainText.lines(Json.text(error, "message")));
      }
      progress.say(UNTIL.getOrDefault(Json.text(told, "state"), "Waiting"));
      progress.pause(POLL_MILLISECONDS);
      told = session.get(path);
    }
    return read(told);
  }

  static AiDocs read(JsonObject told) {
    String file = Json.text(told, "file");
    String name = PlainText.line(file.isEmpty() ? Json.text(told, "path") : file, 200);
    JsonObject result = Json.object(told, "result");
    String diff = Json.text(result, "suggested_diff");
    return new AiDocs(name, page(name, result), diff.length() > DIFF_MAX_CHARACTERS ? "" : diff);
  }

  private static String page(String name, JsonObject result) {
    StringBuilder page = new StringBuilder(name + "\n\n" + Json.text(result, "summary") + "\n");
    List<String> concepts = Json.texts(result, "key_concepts");
    if (!concepts.isEmpty()) {
      page.append("\nKey concepts\n");
      concepts
        .stream()
        .limit(50)
        .forEach(each -> page.append("  • ").append(PlainText.line(each, 500)).append('\n'));
    }
    List<JsonObject> explanations = Json.objects(result, "explanations");
    explanations
      .stream()
      .limit(EXPLANATIONS_MAX)
      .forEach(each -> page.append(explanation(each)));
    if (explanations.size() > EXPLANATIONS_MAX) {
      page
        .append("\n")
        .append(explanations.size() - EXPLANATIONS_MAX)
        .append(" more explanations are left out.\n");
    }
    Json.texts(result, "notes")
      .stream()
      .limit(20)
      .forEach(each -> page.append("\n").append(PlainText.line(each, 500)));
    // After the cut: the engine is named however long its words are.
    return PlainText.lines(page.toString()) + "\n" + PlainText.line(madeBy(result), 300);
  }

  private static String explanation(JsonObject told) {
    String symbol = PlainText.line(Json.text(told, "symbol"), 200);
    String lines = "lines " + Json.number(told, "line_start", 0) + "–" + Json.number(told, "line_end", 0);
    return "\n" + (symbol.isEmpty() ? lines : symbol + " (" + lines + ")") + "\n  " + Json.text(told, "text") + "\n";
  }

  private static String madeBy(JsonObject result) {
    String model = Json.text(result, "model");
    String fallback = Json.flag(result, "fallback") ? "; a fallback, since the tier's own model could not be had" : "";
    return "Made by " + Json.text(result, "engine") + (model.isEmpty() ? "" : " (" + model + ")") + fallback + ".";
  }
}
