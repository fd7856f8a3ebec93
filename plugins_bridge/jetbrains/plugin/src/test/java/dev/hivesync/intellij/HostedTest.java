package dev.hivesync.intellij;

import static dev.hivesync.intellij.Parts.all;
import static dev.hivesync.intellij.Parts.click;
import static dev.hivesync.intellij.Parts.first;
import static dev.hivesync.intellij.Parts.onScreen;
import static dev.hivesync.intellij.Parts.words;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.intellij.codeInsight.daemon.DaemonCodeAnalyzer;
import com.intellij.lang.annotation.AnnotationBuilder;
import com.intellij.lang.annotation.AnnotationHolder;
import com.intellij.openapi.editor.Document;
import com.intellij.openapi.progress.Task.Started;
import com.intellij.openapi.project.Project;
import com.intellij.openapi.ui.popup.JBPopupFactory.Choice;
import com.intellij.openapi.util.TextRange;
import com.intellij.openapi.wm.StatusBar;
import com.intellij.psi.FileViewProvider;
import com.intellij.psi.PsiFile;
import dev.hivesync.core.AgentUnusableException;
import dev.hivesync.core.AgentUnusableException.Reason;
import dev.hivesync.core.Event;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.Json;
import dev.hivesync.core.features.AiDocs;
import dev.hivesync.core.features.BuildError;
import dev.hivesync.core.features.Comment;
import dev.hivesync.core.features.News;
import dev.hivesync.core.features.Preview;
import dev.hivesync.core.features.Progress;
import dev.hivesync.core.features.Projects;
import dev.hivesync.core.features.Task;
import dev.hivesync.host.Host;
import dev.hivesync.host.Screen;
import java.awt.Component;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.swing.JButton;
import javax.swing.JComboBox;
import javax.swing.JComponent;
import javax.swing.JLabel;
import javax.swing.JList;
import javax.swing.JTextArea;
import javax.swing.event.ListDataEvent;
import javax.swing.event.ListDataListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees of the commands, in a host that stands in for the IDE, with a real agent behind it. */
@Tag("agent")
class HostedTest {

  private static final Path FILE = Path.of(System.getenv("HIVESYNC_TEST_FILE"));
  private static final String BROKEN = "export default function App() {\n  return <p></b>;\n}\n";
  private Project project;
  private String good;

  @BeforeAll
  static void signedIn() throws InterruptedException {
    HiveSyncSettings.get().getState().showsBalloons = false;
    CountDownLatch known = new CountDownLatch(1);
    StatusWidget widget = new StatusWidget(Host.open("/"));
    StatusBar bar = id -> {
      if (widget.getText().startsWith("HiveSync: demo · ")) {
        known.countDown();
      }
    };
    widget.install(bar);
    bar.updateWidget(StatusWidget.ID);
    HiveSync.get().refreshSoon();
    assertTrue(known.await(20, TimeUnit.SECONDS), widget.getText());
    assertEquals("HiveSync through the agent", widget.getTooltipText());
  }

  @BeforeEach
  void open() throws IOException {
    good = Files.readString(FILE);
    project = Host.open(FILE.getParent().toString());
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    Files.writeString(FILE, good);
    assertTrue(Screen.isEmpty(Screen.Balloon.class), "a balloon that nobody expected");
    assertTrue(Screen.isEmpty(Throwable.class));
  }

  private static String told() throws InterruptedException {
    return Screen.next(Screen.Balloon.class).html();
  }

  private static String failed() throws InterruptedException {
    Screen.Balloon balloon = Screen.next(Screen.Balloon.class);
    assertTrue(balloon.isFailure(), balloon.html());
    return balloon.html();
  }

  @Test
  void aPreviewIsShownWithItsCodeAndOpened() throws InterruptedException {
    PreviewRequest.start(project, FILE, false);
    Screen.Popup popup = Screen.next(Screen.Popup.class);
    assertEquals("HiveSync Preview", popup.title());
    assertEquals("App.jsx\nScan the code with your phone.\n", words(popup.content()));
    assertTrue(all(popup.content(), JLabel.class).stream().anyMatch(HostedTest::isLargePicture));
    click(popup.content(), "Open in the Browser");
    assertEquals(HiveSync.get().newest().link(), Screen.next(URI.class).toString());
    PreviewRequest.showAgain(project);
    assertEquals(words(popup.content()), words(Screen.next(Screen.Popup.class).content()));
  }

  /** A preview that does not lie where it should. */
  private static Preview foreign(boolean live) {
    List<String> skipped = List.of(".env", "<html>key.pem");
    String link = "https://evil.example/p/1#t";
    return new Preview("i", "b", "/", "ready", "<html>", link, live, "", List.of(), skipped, new byte[0]);
  }

  @Test
  void aLinkToAnotherHostIsNotOpened() throws InterruptedException {
    Preview preview = foreign(false);
    JComponent panel = onScreen(() -> PreviewPopup.panel(project, preview));
    String words = words(panel);
    assertTrue(words.contains("it does not run.") && words.contains("Open or copy the link."), words);
    assertTrue(words.contains("Left out, since they may hold secrets: .env, <html>key.pem"), words);
    click(panel, "Open in the Browser");
    assertEquals("The link does not lead to this server's hosts.", failed().replace("&#39;", "'"));
    assertTrue(Screen.isEmpty(URI.class));
  }

  @Test
  void withAFailureComesWhatCanBeDone() throws InterruptedException {
    Balloon.fail(project, new HiveSyncException(Progress.CANCELLED, "It was cancelled."));
    Balloon.fail(project, new HiveSyncException("TIER_LIMIT", "Enough <b>today</b>."));
    Screen.Balloon limit = Screen.next(Screen.Balloon.class);
    assertEquals("Enough &lt;b&gt;today&lt;/b&gt;.", limit.html());
    assertTrue(limit.isFailure() && limit.actions().isEmpty());
    Balloon.fail(project, new HiveSyncException(HiveSyncException.SIGNED_OUT, "Log in."));
    assertEquals(Set.of("Log In"), Screen.next(Screen.Balloon.class).actions().keySet());
    Balloon.fail(project, new AgentUnusableException(Reason.AGENT_TOO_NEW, "Update."));
    assertEquals(Set.of(), Screen.next(Screen.Balloon.class).actions().keySet());
    Balloon.fail(project, new AgentUnusableException(Reason.AGENT_ABSENT, "It does not run."));
    Screen.next(Screen.Balloon.class).actions().get("Start the Agent").run();
    assertEquals("The agent runs.", told());
  }

  @Test
  void ofAPhoneThatTalksForEverTheEndIsKept() {
    ConsoleLog log = new ConsoleLog();
    List<String> heard = new ArrayList<>();
    Consumer<String> reader = heard::add;
    log.add("first");
    assertEquals("first", log.read(reader));
    log.add("x".repeat(1_200_000));
    log.leave(reader);
    log.add("last");
    assertEquals(1, heard.size());
    String kept = log.read(reader);
    assertTrue(kept.length() == 1_000_000 && kept.endsWith("xlast"));
  }

  private static boolean isLargePicture(JLabel label) {
    return label.getIcon() != null && label.getIcon().getIconWidth() > 50;
  }

  @Test
  void aLivePreviewIsShownWhileItDoesNotBuildAndStopped() throws IOException, InterruptedException {
    Files.writeString(FILE, BROKEN);
    PreviewRequest.start(project, FILE, true);
    String words = words(Screen.next(Screen.Popup.class).content());
    assertTrue(words.contains("It does not build yet: ") && words.contains("Mend it and save."), words);
    Files.writeString(FILE, good);
    PreviewRequest.start(project, FILE, false);
    Screen.next(Screen.Popup.class);
    PreviewRequest.stop(project);
    assertEquals("The live preview is stopped.", told());
    PreviewRequest.stop(project);
    assertEquals("No live preview runs.", told());
  }

  @Test
  void whatDoesNotBuildIsMarkedInItsFile() throws IOException, InterruptedException {
    Files.writeString(FILE, BROKEN);
    PreviewRequest.start(project, FILE, false);
    String why = "Unexpected closing &quot;b&quot; tag does not match opening &quot;p&quot; tag. (App.jsx:2)";
    assertEquals(why, failed(), "a balloon is HTML");
    Screen.next(DaemonCodeAnalyzer.LookedThrough.class);
    List<BuildError> errors = new BuildErrorAnnotator().doAnnotate(FILE.toString());
    assertEquals(2, errors.get(0).line());
    assertEquals("[46,49) HiveSync: " + errors.get(0).text(), annotated(errors.get(0)));
    assertEquals(List.of(), new BuildErrorAnnotator().doAnnotate(FILE.resolveSibling("other.jsx").toString()));
    HiveSync.get().buildErrors().clear();
    Screen.next(DaemonCodeAnalyzer.LookedThrough.class);
    assertEquals(List.of(), new BuildErrorAnnotator().doAnnotate(FILE.toString()));
  }

  @Test
  void anErrorBelowTheTextsEndIsMarkedAtItsEnd() {
    assertEquals("[52,52) HiveSync: <b>", annotated(new BuildError("", 99, 99, "<b>", "")));
  }

  /** Give where an error is drawn in the broken text, and its words. */
  private static String annotated(BuildError error) {
    List<Object> drawn = new ArrayList<>();
    AnnotationBuilder builder = new AnnotationBuilder() {
      @Override
      public AnnotationBuilder range(TextRange range) {
        drawn.add(0, "[" + range.getStartOffset() + "," + range.getEndOffset() + ") ");
        return this;
      }

      @Override
      public AnnotationBuilder tooltip(String html) {
        assertFalse(html.contains("<b>"), html);
        return this;
      }

      @Override
      public void create() {
        drawn.add("");
      }
    };
    AnnotationHolder holder = (severity, message) -> {
      drawn.add(message);
      return builder;
    };
    FileViewProvider view = Host.fake(FileViewProvider.class, (proxy, method, arguments) -> document(BROKEN));
    PsiFile file = Host.fake(PsiFile.class, (proxy, method, arguments) -> view);
    new BuildErrorAnnotator().apply(file, List.of(error), holder);
    assertEquals(3, drawn.size());
    return String.valueOf(drawn.get(0)) + drawn.get(1);
  }

  private static Document document(String text) {
    AtomicReference<String> now = new AtomicReference<>(text);
    return Host.fake(Document.class, (proxy, method, arguments) -> {
      String whole = now.get();
      return switch (method.getName()) {
        case "getText" -> whole;
        case "isWritable" -> true;
        case "getLineCount" -> (int) whole
          .chars()
          .filter(each -> each == '\n')
          .count() + 1;
        case "getLineStartOffset" -> start(whole, (Integer) arguments[0]);
        case "getLineEndOffset" -> {
          int end = whole.indexOf('\n', start(whole, (Integer) arguments[0]));
          yield end < 0 ? whole.length() : end;
        }
        case "setText" -> {
          now.set(String.valueOf(arguments[0]));
          yield null;
        }
        default -> throw new UnsupportedOperationException(method.toString());
      };
    });
  }

  private static int start(String text, int line) {
    int start = 0;
    for (int passed = 0; passed < line; passed++) {
      start = text.indexOf('\n', start) + 1;
    }
    return start;
  }

  @Test
  void unsavedTextIsExplainedInAPopup() throws InterruptedException {
    String text = "export function total(n) {\n  return n;\n}\n";
    AiDocsRequest.start(project, document(text), new AiDocs.Question(FILE, text, 0, 0));
    Screen.Popup popup = Screen.next(Screen.Popup.class);
    assertEquals("AI: App.jsx", popup.title());
    assertTrue(words(popup.content()).endsWith("Made by outline.\n"), words(popup.content()));
    Path picture = FILE.resolveSibling("picture.png");
    AiDocsRequest.start(project, document("\0"), new AiDocs.Question(picture, "\0", 0, 0));
    assertEquals("picture.png is not text, so there is nothing to explain.", failed());
  }

  @Test
  void aSuggestionIsShownAndAppliedOnRequestToItsOwnTextOnly() throws InterruptedException {
    Document document = document("let a;\n");
    String diff = "@@ -1 +1,2 @@\n+/** One. */\n let a;\n";
    SuggestedDiff.offer(project, document, "let a;\n", "@@ -1 +1 @@\n-let b;\n+let c;\n");
    assertTrue(Screen.isEmpty(Screen.Balloon.class), "a diff of another text is not offered");
    SuggestedDiff.offer(project, document, "let a;\n", diff);
    Screen.next(Screen.Balloon.class).actions().get("Show Diff").run();
    assertEquals(new Screen.Diff("let a;\n", "/** One. */\nlet a;\n"), Screen.next(Screen.Diff.class));
    assertEquals("let a;\n", document.getText(), "nothing is applied by itself");
    Runnable apply = Screen.next(Screen.Balloon.class).actions().get("Apply");
    apply.run();
    assertEquals("/** One. */\nlet a;\n", document.getText());
    apply.run();
    assertEquals("The text has changed since; generate the documentation again.", told());
  }

  /** Click, and wait until the list is filled anew. */
  private static void refresh(JComponent panel, String button) throws InterruptedException {
    CountDownLatch filled = new CountDownLatch(1);
    ListDataListener listener = new ListDataListener() {
      @Override
      public void intervalAdded(ListDataEvent added) {
        filled.countDown();
      }

      @Override
      public void intervalRemoved(ListDataEvent removed) {
        // The old entries go first.
      }

      @Override
      public void contentsChanged(ListDataEvent changed) {
        filled.countDown();
      }
    };
    first(panel, JList.class).getModel().addListDataListener(listener);
    click(panel, button);
    assertTrue(filled.await(20, TimeUnit.SECONDS), "the list was not filled");
    onScreen(() -> true);
  }

  @SuppressWarnings("unchecked")
  private static String drawn(JComponent panel, int index) {
    JList<Object> list = first(panel, JList.class);
    Object value = list.getModel().getElementAt(index);
    Component cell = list.getCellRenderer().getListCellRendererComponent(list, value, index, false, false);
    assertNull(((JComponent) cell).getClientProperty("html"));
    return ((JLabel) cell).getText();
  }

  private dev.hivesync.core.features.Project linked() throws HiveSyncException {
    return Projects.of(HiveSync.get().connected().session(), FILE).orElseThrow();
  }

  @Test
  void aTaskIsGivenAnotherStatusAndCommentedOn() throws HiveSyncException, InterruptedException {
    String tasks = "/api/v1/projects/" + linked().id() + "/tasks";
    JsonObject task = Json.objectOf("{\"title\": \"<html><i>Shown\", \"description\": \"<html>What\"}");
    HiveSync.get().connected().session().change("POST", tasks, task);
    JComponent panel = onScreen(() -> new TasksPanel(project));
    refresh(panel, "Refresh");
    JList<?> list = first(panel, JList.class);
    int index = 0;
    while (!drawn(panel, index).equals("[Open] <html><i>Shown")) {
      index++;
    }
    int chosen = index;
    onScreen(() -> {
      list.setSelectedIndex(chosen);
      first(panel, JComboBox.class).setSelectedItem("blocked");
      return true;
    });
    assertEquals("<html><i>Shown\n\n<html>What", first(panel, JTextArea.class).getText());
    refresh(panel, "Set Status");
    assertEquals("The task is changed.", told());
    assertEquals("[Blocked] <html><i>Shown", drawn(panel, chosen));
    onScreen(() -> {
      list.setSelectedIndex(chosen);
      return true;
    });
    click(panel, "Comments…");
    Screen.Popup popup = Screen.next(Screen.Popup.class);
    assertEquals("Comments: <html><i>Shown", popup.title());
    assertTrue(words(popup.content()).contains("No comments yet."));
    click(popup.content(), "Comment");
    all(popup.content(), JTextArea.class)
      .stream()
      .filter(JTextArea::isEditable)
      .forEach(area -> area.setText("So?"));
    click(popup.content(), "Comment");
    assertEquals("Commented.", told());
    Comment.Target target = Comment.Target.task((Task) list.getModel().getElementAt(chosen));
    assertEquals("So?", Comment.of(HiveSync.get().connected().session(), linked(), target).get(0).body());
  }

  @Test
  void commentsAreThoseOfTheFileAndItsLine() throws InterruptedException {
    CommentsRequest.start(project, FILE, 3);
    Screen.Popup popup = Screen.next(Screen.Popup.class);
    assertEquals("Comments: App.jsx", popup.title());
    assertTrue(
      all(popup.content(), JButton.class)
        .stream()
        .anyMatch(each -> each.getText().endsWith("Line 3"))
    );
    CommentsRequest.start(project, Path.of("/elsewhere/b.js"), 1);
    assertEquals("This file is not in the folder of shop.", told());
  }

  @Test
  void notificationsAreListedAndMarkedAsRead() throws HiveSyncException, InterruptedException {
    JComponent panel = onScreen(() -> new NewsPanel(project));
    refresh(panel, "Refresh");
    refresh(panel, "Mark All as Read");
    assertTrue(News.newest(HiveSync.get().connected().session()).stream().allMatch(News::isRead));
    assertTrue(drawn(panel, 0).startsWith("   "), drawn(panel, 0));
  }

  @Test
  void whichProjectIsMeantIsAskedOnce(@TempDir Path other) throws InterruptedException {
    Project window = Host.open(other.toString());
    List<String> found = new ArrayList<>();
    FoundProject.then(window, of -> found.add(of.name()));
    Choice choice = Screen.next(Choice.class);
    assertEquals("Which Project of HiveSync?", choice.title());
    onScreen(() -> {
      choice.choose().accept(0);
      return true;
    });
    CountDownLatch second = new CountDownLatch(1);
    FoundProject.then(window, of -> second.countDown());
    assertTrue(second.await(20, TimeUnit.SECONDS));
    assertEquals(1, found.size());
    FoundProject.forgetChoices();
    FoundProject.then(window, of -> second.countDown());
    assertEquals(choice.items(), Screen.next(Choice.class).items());
  }

  @Test
  void whoSaysNoStaysSignedIn() throws InterruptedException {
    Screen.forget(Started.class);
    Account.logOut(project);
    assertTrue(Screen.isEmpty(Started.class), "nothing was begun");
    assertEquals("Sign every editor on this machine out of HiveSync?", Screen.next(String.class));
    Account.logIn(project);
    assertEquals("Signed in as demo. Every editor on this machine is.", told());
  }

  @Test
  void eventsAreToldAsText() throws InterruptedException {
    EventReader reader = new EventReader(HiveSync.get());
    String conflict = "{'operation': {'conflict': {'problem': {'detail': '<b>Gone'}}}}";
    reader.take(new Event("1", "operation.conflict", Json.objectOf(conflict.replace('\'', '"'))));
    assertEquals("A change came back. &lt;b&gt;Gone See `hivesync operations`.", told());
    JComponent panel = onScreen(() -> new ConsolePanel(project));
    String said = "{'device': {'name': 'Pixel'}, 'lines': [{'level': 'log', 'text': '<html>'}]}";
    reader.take(new Event("2", "device.console", Json.objectOf(said.replace('\'', '"'))));
    assertTrue(onScreen(() -> words(panel)).contains("Pixel log: <html>"));
    reader.take(new Event("3", "task.moved", Json.objectOf("{}")));
    reader.take(new Event("4", "notification.created", Json.objectOf("{\"notification\": {\"text\": \"Quiet\"}}")));
    HiveSyncSettings.get().getState().showsBalloons = true;
    reader.take(new Event("5", "notification.created", Json.objectOf("{\"notification\": {\"text\": \"<i>\"}}")));
    reader.take(new Event("6", "notification.created", Json.objectOf("{\"notification\": 5}")));
    HiveSyncSettings.get().getState().showsBalloons = false;
    assertEquals("&lt;i&gt;", told());
    HiveSync.get().stopped();
    HiveSync.get().made(foreign(true));
    assertTrue(HiveSync.get().newest() != null && HiveSync.get().live() != null);
    reader.take(new Event("7", "session.changed", Json.objectOf("{}")));
    assertNull(HiveSync.get().newest(), "what another account has made");
    assertNull(HiveSync.get().live());
  }
}
