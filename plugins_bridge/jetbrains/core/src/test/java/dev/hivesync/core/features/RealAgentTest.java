package dev.hivesync.core.features;

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
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the commands do, against an agent and a backend that `tests/plugins/jetbrains/test_agent.py` has started. */
@Tag("agent")
class RealAgentTest {
  private static final Path FILE = Path.of(System.getenv("HIVESYNC_TEST_FILE"));
  private static Connected connected;
  private static Session session;

  /** Nothing may be stored while the agent holds the session. */
  private static final class NoSecrets implements SecretStore {
    @Override
    public Optional<String> read(String account) {
      throw new IllegalStateException("asked for a secret");
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
    return tasks.stream().filter(each -> each.title().startsWith(title)).findFirst().orElseThrow();
  }

  @Test
  void whatTheBackendMindsIsSaid() {
    HiveSyncException refused =
        assertThrows(
            HiveSyncException.class,
            () -> session.change("POST", project().path() + "/tasks", Json.objectOf("{\"title\": \"a\\u0007\"}")));
    assertTrue(refused.getMessage().contains("title"), refused.getMessage());
  }

  @Test
  void theStatusIsTheAgents() {
    Status status = Status.of(session);
    assertEquals(Mode.PROXY, status.way().mode());
    assertTrue(status.isSignedIn(), status.state());
    assertEquals(System.getenv("HIVESYNC_SERVER_URL"), status.serverUrl());
    assertTrue(status.text().startsWith("HiveSync: ada · "), status.text());
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
    assertTrue(comments.get(0).text().startsWith("ada, 20") && comments.get(0).text().endsWith("On the task: ü\n"));
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

  @Test
  void whatCannotBePreviewedIsSaid() {
    Path nowhere = FILE.resolveSibling("missing.jsx");
    HiveSyncException refused =
        assertThrows(
            HiveSyncException.class, () -> Previews.request(session, nowhere, false, "ios", new Patient()));
    assertFalse(refused.getMessage().isEmpty());
  }

  @Test
  void aBinaryFileIsNotDocumented() {
    AiDocs.Question question = new AiDocs.Question(FILE.resolveSibling("picture.png"), "\u0000\u0001", 0, 0);
    HiveSyncException refused =
        assertThrows(HiveSyncException.class, () -> AiDocs.request(session, question, new Patient()));
    assertFalse(refused.getMessage().isEmpty());
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
