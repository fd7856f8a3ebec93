package dev.hivesync.core.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hivesync.core.Call;
import dev.hivesync.core.Connecting.Connected;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.Mode;
import dev.hivesync.core.Origin;
import dev.hivesync.core.Places;
import dev.hivesync.core.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What the commands do where no agent runs, with a backend whose answers are right, strange or hostile. */
class DirectModeTest {

  private static final String UNREAD = "GET /api/v1/notifications/unread";
  private static final String DOCS = "POST /api/v1/projects/p 1/ai-docs";
  private static final String PREVIEWS = "POST /api/v1/projects/p 1/previews";

  @TempDir
  private Path folder;

  private ScriptedBackend backend;
  private Connected connected;
  private Session session;
  private Project project;

  /** Gives up after so many pauses, and keeps what was said. */
  private static final class Told implements Progress {

    private final List<String> said = new ArrayList<>();
    private final int patience;

    Told(int patience) {
      this.patience = patience;
    }

    @Override
    public void say(String what) {
      said.add(what);
    }

    @Override
    public boolean isCancelled() {
      return said.size() > patience;
    }
  }

  @BeforeEach
  void start() throws IOException, HiveSyncException {
    backend = new ScriptedBackend();
    backend.on("GET /api/v1/auth/me", 200, "{'username': 'ada', 'tier': 'free'}");
    connected = backend.connected(folder);
    session = connected.session();
    project = new Project("p 1", "Shop", folder);
  }

  @AfterEach
  void stop() {
    backend.close();
  }

  private static HiveSyncException refusal(Executable call) {
    return assertThrows(HiveSyncException.class, call);
  }

  @Test
  void theStatusIsTheBackends() {
    backend.on(UNREAD, 200, "{'count': 2, 'more': false}");
    Status status = Status.of(session);
    assertEquals("HiveSync: ada · Free · 2 unread", status.text());
    assertEquals(Mode.DIRECT, status.way().mode());
    assertEquals("key", backend.asked(UNREAD).get(0).authorization().replace("Bearer ", ""));
  }

  @Test
  void whoIsSignedInStaysSoWhenTheMinutesRequestsAreUsedUp() {
    backend.on(UNREAD, 429, "{'code': 'RATE_LIMITED', 'detail': 'Too many requests.'}");
    assertEquals("HiveSync: ada · Free", Status.of(session).text());
    backend.on(UNREAD, 401, "{'code': 'AUTH_EXPIRED', 'detail': 'Over.'}");
    assertEquals("HiveSync: signed out", Status.of(session).text());
  }

  @Test
  void whyThereIsNoStatusStandsInTheTooltip() {
    backend.on("GET /api/v1/auth/me", 429, "{'code': 'RATE_LIMITED', 'detail': 'Too many <b>requests</b>.'}");
    Status status = Status.of(session);
    assertEquals("HiveSync: offline", status.text());
    assertTrue(status.tooltip().endsWith("Too many <b>requests</b>."), status.tooltip());
    backend.close();
    assertTrue(Status.of(session).tooltip().endsWith("can't be reached."), Status.of(session).tooltip());
  }

  @Test
  void tenMegabytesOfDocumentationAreShownInPart() throws HiveSyncException {
    String large = "<script>".repeat(1_300_000);
    backend.on(DOCS, 202, "{'id': 'd/1', 'state': 'queued'}");
    String docs = "{'id': 'd', 'state': 'ready', 'path': 'a.js', 'result': {'engine': 'outline', 'summary': '";
    backend.on("GET /api/v1/projects/p 1/ai-docs/d/1", 200, docs + large + "'}}");
    Told progress = new Told(9);
    AiDocs.Question question = new AiDocs.Question(folder.resolve("a.js"), "let a = 'ü';\n", 1, 1);
    AiDocs found = AiDocs.requestDirect(session, project, question, progress);
    assertTrue(found.page().startsWith("a.js\n\n<script>") && found.page().length() < 201_000);
    assertTrue(found.page().endsWith("Made by outline."));
    assertEquals(List.of("Waiting for its turn"), progress.said);
    String sent = backend.asked(DOCS).get(0).body();
    assertTrue(sent.contains("\"selection\":{\"line_start\":1,\"line_end\":1}"), sent);
    assertTrue(sent.contains("\"path\":\"a.js\""), sent);
  }

  @Test
  void anAnswerLongerThanAnEditorCanTakeIsRefused() {
    backend.on("GET /api/v1/notifications", 200, "{'items': [], 'x': '" + "y".repeat(17_000_000) + "'}");
    assertEquals(HiveSyncException.TOO_LONG, refusal(() -> News.newest(session)).code());
  }

  @Test
  void documentationThatFailedSaysWhy() {
    backend.on(
      DOCS,
      202,
      "{'id': 'd', 'state': 'failed', 'error': {'code': 'AI_JOB_FAILED', 'message': 'No\\u001b[2J model'}}"
    );
    AiDocs.Question question = new AiDocs.Question(Path.of("/elsewhere/b.js"), "", 0, 0);
    HiveSyncException failed = refusal(() -> AiDocs.requestDirect(session, project, question, new Told(9)));
    assertEquals("AI_JOB_FAILED No[2J model", failed.code() + " " + failed.getMessage());
    String sent = backend.asked(DOCS).get(0).body();
    assertTrue(sent.contains("\"path\":\"b.js\"") && !sent.contains("selection"), sent);
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private Preview preview(Path file, int patience) throws HiveSyncException {
    DirectPreview direct = new DirectPreview(session, backend.origin(), connected.uploads());
    return Previews.requestDirect(session, direct, project, file, "ios", new Told(patience));
  }

  private void scriptPreview(String store, String state) {
    String put = "{'url': '" + store + "/put', 'headers': {'X-Checked': 'yes', 'Content-Length': '1'}}";
    String uploads = "{'packs': [], 'files': [" + put + "]}";
    backend.on(PREVIEWS, 201, "{'preview': {'id': 'v'}, 'uploads': " + uploads + "}");
    backend.on("GET /api/v1/health", 200, "{'upload_origins': ['" + store + "']}");
    backend.on("PUT /put", 200, "");
    String made = "{'id': 'v', 'title': 'a.md', 'preview_url': '" + store + "/p/v#t', 'state': '";
    backend.on(PREVIEWS + "/v/complete", 200, made + "building'}");
    backend.on("GET /api/v1/projects/p 1/previews/v", 200, made + state + "'}");
    backend.on("DELETE /api/v1/projects/p 1/previews/v", 204, "");
  }

  @Test
  void oneFileIsPreviewedWithoutAnAgent() throws HiveSyncException, IOException {
    scriptPreview(backend.origin(), "ready");
    Preview preview = preview(file("a.md", "# Hällo"), 9);
    assertTrue(preview.isReady() && preview.qrPng().length == 0);
    assertEquals(backend.origin() + "/p/v#t", preview.link());
    ScriptedBackend.Asked put = backend.asked("PUT /put").get(0);
    assertEquals("# Hällo", put.body());
    assertEquals("", put.authorization(), "the object store gets no token of ours");
    String sent = backend.asked(PREVIEWS).get(0).body();
    assertTrue(sent.startsWith("{\"kind\":\"markdown\",\"entry\":\"a.md\""), sent);
    assertTrue(sent.contains("\"size\":8,"), sent);
  }

  @Test
  void aPreviewThatIsGivenUpIsRemoved() throws IOException {
    scriptPreview(backend.origin(), "building");
    Path file = file("a.md", "# Hi");
    assertEquals(Progress.CANCELLED, refusal(() -> preview(file, 2)).code());
    assertEquals(1, backend.asked("DELETE /api/v1/projects/p 1/previews/v").size());
  }

  @Test
  void anUploadGoesToTheServersOwnPlacesOnly() throws IOException {
    scriptPreview("https://elsewhere.example", "ready");
    backend.on("GET /api/v1/health", 200, "{'upload_origins': []}");
    Path file = file("a.md", "# Hi");
    assertEquals("FORBIDDEN", refusal(() -> preview(file, 9)).code());
    assertTrue(backend.asked(PREVIEWS + "/v/complete").isEmpty());
  }

  @Test
  void whatTheStoreRefusesIsSaid() throws IOException {
    scriptPreview(backend.origin(), "ready");
    backend.on("PUT /put", 403, "<Error/>");
    Path file = file("a.md", "# Hi");
    assertEquals("The object store did not take the file.", refusal(() -> preview(file, 9)).getMessage());
  }

  @Test
  void whatCannotBePreviewedWithoutAnAgentIsSaid() throws IOException {
    assertEquals("PREVIEW_UNSUPPORTED", refusal(() -> preview(file("a.dart", ""), 9)).code());
    assertEquals("PAYLOAD_TOO_LARGE", refusal(() -> preview(file("a.js", "x".repeat(256 * 1024 + 1)), 9)).code());
    String deleted = refusal(() -> preview(folder.resolve("gone.MD"), 9)).getMessage();
    assertEquals("The file can't be read; save it first.", deleted);
    assertEquals(List.of(), backend.asked(PREVIEWS));
    scriptPreview(backend.origin(), "ready");
    Path largest = file("a.js", "x".repeat(256 * 1024));
    assertTrue(assertDone(() -> preview(largest, 9)).isReady());
  }

  private interface Making {
    Preview done() throws HiveSyncException;
  }

  private static Preview assertDone(Making making) {
    try {
      return making.done();
    } catch (HiveSyncException failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void aLivePreviewNeedsTheAgent() throws HiveSyncException {
    String said = refusal(() -> Previews.isByAgent(session, true)).getMessage();
    assertEquals(
      "The agent does not run; `hivesync agent start` starts it. Without it there is no live preview.",
      said
    );
    assertFalse(Previews.isByAgent(session, false) || AiDocs.isByAgent(session));
    assertTrue(Projects.of(session, folder).isEmpty());
  }

  private void keep(String name, String target, String key, String conflict) throws HiveSyncException, IOException {
    Map<String, String> environment = Map.of("HIVESYNC_STATE_DIR", folder.toString());
    Places places = new Places(environment, Places.System.current(), folder);
    Path kept = Files.createDirectories(places.operationsFolder(Origin.of(backend.origin())));
    String content = "{'target': '" + target + "', 'key': '" + key + "', 'conflict': " + conflict + "}";
    Files.writeString(kept.resolve(name), "checksum\n" + content.replace('\'', '"'));
  }

  @Test
  void nothingOvertakesAChangeThatWaitsInTheAgent() throws HiveSyncException, IOException {
    String tasks = "/api/v1/projects/p%201/tasks";
    backend.on("PATCH /api/v1/projects/p 1/tasks/t", 200, "{}").on("GET /api/v1/projects/p 1/tasks/t", 200, "{}");
    keep("1.json", tasks + "/other", "a", "null");
    keep("2.json", tasks + "/t", "b", "{}");
    Files.writeString(folder.resolve("3.json"), "rubbish");
    session.change("PATCH", tasks + "/t", Json.objectOf("{}"));
    keep("4.json", tasks + "/t?x=1", "c", "null");
    String said = refusal(() -> session.change("PATCH", tasks + "/t", Json.objectOf("{}"))).getMessage();
    assertTrue(said.startsWith("An earlier change of this waits in the agent"), said);
    session.get(tasks + "/t");
    Map<String, String> headers = Map.of(Call.KEY, "c");
    Call again = new Call("PATCH", tasks + "/t", new byte[] { '{', '}' }, headers);
    assertEquals(200, session.send(again).status(), "the same change may go on");
  }

  @Test
  void whatWasRemovedIsNotShown() throws HiveSyncException {
    String items = "{'body': 'A', 'deleted_at': null}, {'body': 'B', 'deleted_at': '2026-11-01T00:00:00Z'}";
    backend.on("GET /api/v1/projects/p 1/comments", 200, "{'items': [" + items + "]}");
    List<Comment> found = Comment.of(session, project, Comment.Target.file("a.js", 3));
    assertEquals(List.of("A"), found.stream().map(Comment::body).toList());
  }

  @Test
  void tasksAreReadToTheEndOfTheirPages() throws HiveSyncException {
    String one = "{'id': 'a', 'title': 'A\\u202e', 'status': 'done', 'due_at': '2026-12-01T00:00:00Z'}";
    String two = "{'id': 'b', 'title': '<html>', 'status': 'in_progress'}, 'rubbish'";
    String path = "/api/v1/projects/p 1/tasks";
    backend.on("GET " + path, 200, "{'items': [" + one + ", " + two + "], 'next_cursor': null}");
    List<Task> tasks = Task.of(session, project);
    List<String> lines = tasks.stream().map(Task::line).toList();
    assertEquals(List.of("[In progress] <html>", "[Done] A — due 2026-12-01"), lines);
    backend.on("PATCH " + path + "/b", 202, "{'code': 'OFFLINE_QUEUED', 'operation_id': 'o'}");
    assertTrue(tasks.get(0).change(session, project, "done"));
    backend.on("PATCH " + path + "/b", 403, "{'code': 'FORBIDDEN', 'detail': 'Not yours.', 'errors': [{}]}");
    assertEquals("FORBIDDEN", refusal(() -> tasks.get(0).change(session, project, "done")).code());
  }
}
