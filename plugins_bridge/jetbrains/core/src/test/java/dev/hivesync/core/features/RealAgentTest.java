package dev.hivesync.core.features;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.hivesync.core.Connecting;
import dev.hivesync.core.Connecting.Connected;
import dev.hivesync.core.EventStream;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.Mode;
import dev.hivesync.core.SecretStore;
import dev.hivesync.core.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the commands do, against an agent and a backend that `tests/plugins/jetbrains/test_agent.py` has started. */
@Tag("agent")
class RealAgentTest {

  private static final Path FILE = Path.of(System.getenv("HIVESYNC_TEST_FILE"));
  private static Connected connected;
  private static Session session;

  /** The IDE's storage where nobody has signed in. */
  private static final class SignedOut implements SecretStore {

    @Override
    public Optional<String> read(String account) {
      return Optional.empty();
    }

    @Override
    public void write(String account, String secret) {
      throw new IllegalStateException("stored a secret");
    }
  }

  private static final class Patient implements Progress {

    @Override
    public void say(String what) {
      assertFalse(what.isEmpty());
    }

    @Override
    public boolean isCancelled() {
      return false;
    }
  }

  @BeforeAll
  static void connect() throws HiveSyncException {
    connected = Connecting.here(System.getenv()).connect("hivesync", new NoSecrets());
    session = connected.session();
  }

  private static Project project() throws HiveSyncException {
    return Projects.of(session, FILE).orElseThrow();
  }

  private static Task task(String title) throws HiveSyncException {
    List<Task> tasks = Task.of(session, project());
    return tasks
      .stream()
      .filter(each -> each.title().startsWith(title))
      .findFirst()
      .orElseThrow();
  }

  @Test
  void whatTheBackendMindsIsSaid() {
    HiveSyncException refused = assertThrows(HiveSyncException.class, () ->
      session.change("POST", project().path() + "/tasks", Json.objectOf("{\"title\": \"a\\u0007\"}"))
    );
    assertTrue(refused.getMessage().contains("title"), refused.getMessage());
  }

  @Test
  void theStatusIsTheAgents() {
    Status status = Status.of(session);
    assertEquals(Mode.PROXY, status.way().mode());
    assertTrue(status.isSignedIn(), status.state());
    assertEquals(System.getenv("HIVESYNC_SERVER_URL"), status.serverUrl());
    assertTrue(status.text().startsWith("HiveSync: demo · "), status.text());
  }

  @Test
  void anAgentThatRestsStillAnswers() throws HiveSyncException {
    session.change("POST", "/v1/pause", null);
    try {
      Status status = Status.of(session);
      assertEquals("HiveSync: paused", status.text());
      assertTrue(status.tooltip().contains("/v1/resume"), status.tooltip());
      assertFalse(
        Task.of(session, project())
          .stream()
          .anyMatch(task -> task.id().isEmpty())
      );
      assertTrue(explained(FILE, "let a;\n").page().endsWith("Made by outline."));
    } finally {
      session.change("POST", "/v1/resume", null);
    }
    assertTrue(Status.of(session).isSignedIn());
  }

  /** The agent as it is found by its file, but of other versions of the protocol. */
  private static Connected ofProtocol(Path folder, int version, String command) throws HiveSyncException, IOException {
    JsonObject told = discovered();
    told.add("protocol", Json.objectOf("{\"min\": " + version + ", \"max\": " + version + "}"));
    return connected(folder, told, command);
  }

  private static JsonObject discovered() throws IOException {
    return Json.objectOf(Files.readString(Path.of(System.getenv("HIVESYNC_RUNTIME_DIR"), "desktop-agent.json")));
  }

  /** Connect by another discovery file than the agent's own. */
  private static Connected connected(Path folder, JsonObject told, String command)
    throws HiveSyncException, IOException {
    Path file = folder.resolve("desktop-agent.json");
    Files.writeString(file, Json.write(told));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("HIVESYNC_RUNTIME_DIR", folder.toString());
    return Connecting.here(environment).connect(command, new SignedOut());
  }

  @ParameterizedTest
  @CsvSource({
    "2, AGENT_TOO_NEW, The agent is newer than this plugin: update the plugin.",
    "0, AGENT_TOO_OLD, The agent is older than this plugin: update HiveSync."
  })
  void anAgentOfAnotherTimeIsNamed(int version, String reason, String what, @TempDir Path folder)
    throws HiveSyncException, IOException {
    Connected other = ofProtocol(folder, version, "/nowhere/hivesync");
    Status status = Status.of(other.session());
    assertEquals("HiveSync: signed out", status.text());
    assertEquals(reason, status.way().reason());
    assertEquals("HiveSync not connected. " + what, status.tooltip());
    assertEquals(what, refusal(() -> Previews.request(other.session(), FILE, false, "ios", new Patient())));
    String live = refusal(() -> Previews.isByAgent(other.session(), true));
    assertEquals(what + " Without it there is no live preview.", live);
    String report = Doctor.report(other);
    assertTrue(report.contains("Way: none (" + reason + ") " + what + "\nCommand: not found\n\n"), report);
    assertTrue(report.endsWith("or name the command in Settings | Tools | HiveSync."), report);
  }

  @Test
  void anAgentElsewhereIsNotAskedForFilesOfHere(@TempDir Path folder) throws HiveSyncException, IOException {
    JsonObject told = discovered();
    told.addProperty("forwarded_from", "laptop");
    Session elsewhere = connected(folder, told, "hivesync").session();
    assertTrue(Status.of(elsewhere).isSignedIn());
    String said = refusal(() -> Previews.request(elsewhere, FILE, false, "ios", new Patient()));
    assertEquals("The agent that is used here runs on laptop, which does not see this machine's files.", said);
  }

  @Test
  void selectedLinesAreExplained() throws HiveSyncException {
    String text = "export function one() {}\n\nexport function two() {}\n";
    AiDocs docs = AiDocs.request(session, new AiDocs.Question(FILE, text, 1, 1), new Patient());
    assertTrue(docs.page().contains("one (") && !docs.page().contains("two ("), docs.page());
  }

  @Test
  void whatOthersWroteIsShownAsText() throws HiveSyncException {
    List<String> news = News.newest(session).stream().map(News::line).toList();
    String invited = news
      .stream()
      .filter(line -> line.contains("invites you"))
      .findFirst()
      .orElseThrow();
    assertTrue(invited.contains("<html>Engine") && !invited.contains("\u061c"), invited);
    JsonObject body = new JsonObject();
    body.addProperty("title", "<b>Ti\u202etle\u2066 \ud83d\ude80");
    body.addProperty("description", "<img src=x>\n\u202e");
    session.change("POST", project().path() + "/tasks", body);
    assertEquals("[Open] <b>Title \ud83d\ude80", task("<b>").line());
  }

  @Test
  void aFileIsFoundInItsProject() throws HiveSyncException {
    assertEquals("App.jsx", project().relative(FILE));
    assertEquals("", project().relative(FILE.getParent().getParent().resolve("elsewhere.txt")));
    assertTrue(Projects.of(session, Path.of("/")).isEmpty());
  }

  @Test
  void aTaskGetsAnotherStatusAndAComment() throws HiveSyncException {
    JsonObject body = new JsonObject();
    body.addProperty("title", "<html><b>Größe</b>");
    session.change("POST", project().path() + "/tasks", body);
    Task task = task("<html>");
    assertFalse(task.change(session, project(), "blocked"));
    Task changed = task("<html>");
    assertEquals("[Blocked] <html><b>Größe</b>", changed.line());

    Comment.Target target = Comment.Target.task(changed);
    assertFalse(Comment.write(session, project(), target, "On the task: ü"));
    List<Comment> comments = Comment.of(session, project(), target);
    assertEquals(1, comments.size());
    assertTrue(comments.get(0).text().startsWith("demo, 20") && comments.get(0).text().endsWith("On the task: ü\n"));
  }

  @Test
  void aCommentStandsOnItsLine() throws HiveSyncException {
    Comment.Target target = Comment.Target.file(project().relative(FILE), 2);
    assertFalse(Comment.write(session, project(), target, "Here"));
    Comment only = Comment.of(session, project(), target).get(0);
    assertEquals(2, only.line());
    assertTrue(only.text().contains(", line 2\nHere\n"));
  }

  @Test
  void notificationsAreReadAndMarked() throws HiveSyncException {
    List<News> news = News.newest(session);
    assertFalse(news.isEmpty());
    assertTrue(news.get(0).line().startsWith("● "), news.get(0).line());
    news.get(0).markRead(session);
    assertTrue(News.newest(session).get(0).isRead());
    news.get(0).markReadUpTo(session);
    assertEquals(0, Status.of(session).unread());
  }

  private static String refusal(Executable call) {
    return assertThrows(HiveSyncException.class, call).getMessage();
  }

  private static Preview previewed() throws HiveSyncException {
    return Previews.request(session, FILE, false, "ios", new Patient());
  }

  private static AiDocs explained(Path path, String content) throws HiveSyncException {
    return AiDocs.request(session, new AiDocs.Question(path, content, 0, 0), new Patient());
  }

  @Test
  void aPreviewIsMadeWithItsCode() throws HiveSyncException {
    Preview preview = previewed();
    assertTrue(preview.isReady(), preview.failure());
    assertEquals("App.jsx", preview.title());
    assertTrue(preview.link().contains("/p/" + preview.buildId() + "#"), preview.link());
    assertTrue(preview.qrPng().length > 100);
    assertEquals(List.of(), preview.errors());
  }

  @Test
  void whatDoesNotBuildIsSaidWithItsPlace() throws HiveSyncException, IOException {
    String good = Files.readString(FILE);
    Files.writeString(FILE, "export default function App() {\n  return <p></b>;\n}\n");
    try {
      Preview preview = previewed();
      assertEquals("failed", preview.state());
      BuildError error = preview.errors().get(0);
      assertEquals(FILE.toString(), error.path());
      assertEquals(2, error.line(), error.text());
      assertFalse(preview.failure().isEmpty());
    } finally {
      Files.writeString(FILE, good);
    }
  }

  @Test
  void whatCannotBePreviewedIsSaidWithWhatToDo() {
    Path gone = FILE.resolveSibling("missing.jsx");
    String said = refusal(() -> Previews.request(session, gone, false, "ios", new Patient()));
    assertEquals(gone + " does not exist or can't be read. Save it first, or name another.", said);
    Path other = FILE.resolveSibling("main.dart");
    assertDoesNotThrow(() -> Files.writeString(other, "void main() {}\n"));
    String unsupported = refusal(() -> Previews.request(session, other, false, "ios", new Patient()));
    assertTrue(unsupported.contains("dart") || unsupported.contains("Flutter"), unsupported);
  }

  @Test
  void unsavedTextIsExplained() throws HiveSyncException {
    AiDocs docs = explained(FILE, "export const price = 3;\n\nexport function total(n) {\n  return n * price;\n}\n");
    assertEquals("App.jsx", docs.file());
    assertTrue(docs.page().contains("total (lines 3–5)"), docs.page());
    assertTrue(docs.page().endsWith("Made by outline."), docs.page());
  }

  @Test
  void whatCannotBeExplainedIsSaidWithWhatToDo(@TempDir Path alone) {
    Path picture = FILE.resolveSibling("picture.png");
    assertEquals(
      "picture.png is not text, so there is nothing to explain.",
      refusal(() -> explained(picture, "\u0000\u0001"))
    );
    String large = refusal(() -> explained(FILE, "x".repeat(1 << 20) + "y"));
    assertTrue(large.endsWith("Move a part of it to a file of its own."), large);
    Path file = alone.resolve("alone.js");
    assertDoesNotThrow(() -> Files.writeString(file, "let a;\n"));
    String said = refusal(() -> explained(file, "let a;\n"));
    assertEquals("alone.js lies in no project. Link its folder first: `hivesync link FOLDER`.", said);
    Path deleted = FILE.resolveSibling("deleted.js");
    String gone = refusal(() -> explained(deleted, "let a;\n"));
    assertEquals(deleted + " does not exist or can't be read. Save it first, or name another.", gone);
    assertEquals("deleted.js", assertDoesNotThrow(RealAgentTest::project).relative(deleted));
  }

  @Test
  void signingOutAndInIsDoneByTheAgent() throws HiveSyncException {
    SignIn signIn = new SignIn(connected, "");
    signIn.out();
    assertFalse(Status.of(session).isSignedIn());
    assertEquals("You are not signed in; run `hivesync login`.", refusal(() -> explained(FILE, "let a;\n")));
    String user = signIn.in((code, link) -> {
      assertFalse(code.isEmpty());
      assertTrue(link.startsWith(System.getenv("HIVESYNC_SERVER_URL")), link);
      assertDoesNotThrow(RealAgentTest::confirm);
    }, new Patient());
    assertEquals("demo", user);
    assertTrue(Status.of(session).isSignedIn());
  }

  /** Do what a person does in the browser: have the agent get a session. */
  private static void confirm() throws HiveSyncException {
    JsonObject body = new JsonObject();
    body.addProperty("login", "demo");
    body.addProperty("password", System.getenv("HIVESYNC_TEST_PASSWORD"));
    session.change("POST", "/v1/session/login", body);
  }

  @Test
  void eventsTellWhatHappens() throws HiveSyncException, InterruptedException {
    CountDownLatch opened = new CountDownLatch(1);
    CountDownLatch heard = new CountDownLatch(1);
    EventStream stream = new EventStream(session, event -> heard.countDown());
    Thread reading = new Thread(() -> stream.run(outcome -> opened.countDown()));
    reading.setDaemon(true);
    reading.start();
    assertTrue(opened.await(20, TimeUnit.SECONDS));
    session.change("POST", project().path() + "/tasks", Json.objectOf("{\"title\": \"Another\"}"));
    session.change("POST", "/v1/previews", Json.objectOf("{\"path\": \"" + FILE + "\"}"));
    assertTrue(heard.await(20, TimeUnit.SECONDS), "no event has come");
    stream.stop();
    reading.join(5_000);
    assertFalse(reading.isAlive());
  }

  @Test
  void theDoctorTellsTheWay() {
    assertTrue(Doctor.report(connected).contains("Way: proxy (AGENT_READY)"));
  }
}
