package dev.hivesync.core.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.hivesync.core.Json;
import dev.hivesync.core.Mode;
import dev.hivesync.core.Way;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of answers for the screen, from right ones, strange ones and hostile ones. */
class ShownTest {

  private static JsonObject json(String text) {
    JsonObject read = Json.objectOf(text.replace('\'', '"'));
    assertFalse(read.keySet().isEmpty(), text);
    return read;
  }

  private static Status status(String state, Mode mode) {
    return new Status(state, "ada\u202e", "pro", "", new Way(mode, "X", ""), 1, 2, 0, 3);
  }

  @Test
  void theStatusBarTellsTheWayInItsTooltipOnly() {
    Status status = status(Status.SIGNED_IN, Mode.DIRECT);
    assertEquals("HiveSync: ada · Pro · 1 preview · 2 waiting · 3 unread", status.text());
    assertTrue(status.tooltip().contains("directly"));
    Status paused = status(Status.PAUSED, Mode.PROXY);
    assertEquals("HiveSync: paused", paused.text());
    assertTrue(paused.tooltip().contains("hivesync api POST /v1/resume"), paused.tooltip());
  }

  private static Status ofAgent(String more) {
    String told = "{'signed_in': true, 'online': true, 'user': {'username': 'ada', 'tier': 'pro'}";
    return Status.read(json(told + more + "}"), new Way(Mode.PROXY, "AGENT_READY", ""));
  }

  @Test
  void theStatusIsWhatTheAgentTells() {
    assertEquals("HiveSync: ada · Pro", ofAgent("").text());
    Status busy = ofAgent(", 'pending_previews': 2, 'queued_operations': 3, 'conflicting_operations': 1");
    assertEquals("HiveSync: ada · Pro · 2 previews · 3 waiting · 1 conflict", busy.text());
    assertTrue(busy.tooltip().endsWith("What came back: `hivesync operations`."), busy.tooltip());
    assertEquals("HiveSync through the agent", ofAgent("").tooltip());
    String away = "{'signed_in': true, 'online': false, 'user': {'username': 'ada'}}";
    assertEquals("HiveSync: offline", Status.read(json(away), new Way(Mode.PROXY, "AGENT_READY", "")).text());
    String out = "{'signed_in': false, 'online': false, 'user': null}";
    assertEquals("HiveSync: signed out", Status.read(json(out), new Way(Mode.PROXY, "AGENT_READY", "")).text());
  }

  @Test
  void aFileBelongsToTheInnermostProject(@TempDir Path folder) {
    String outer = "{'id': 'o', 'name': 'Outer', 'root': '" + folder + "'}";
    String inner = "{'id': 'i', 'name': 'Inner', 'root': '" + folder.resolve("shop/app") + "'}";
    String strange = "{'id': 's', 'root': ''}, {'id': 'z', 'root': '\\u0000'}, {'id': 'r', 'root': '.'}";
    JsonObject told = json("{'items': [" + inner + ", " + outer + ", " + strange + "]}");
    assertEquals("Inner", Projects.innermost(told, folder.resolve("shop/app/a.js")).orElseThrow().name());
    assertEquals("Outer", Projects.innermost(told, folder.resolve("shop/application.js")).orElseThrow().name());
    assertTrue(Projects.innermost(told, Path.of("a.js")).isEmpty());
    assertEquals("", new Project("p", "Of no folder", null).relative(folder));
  }

  @Test
  void aSignInOpensTheServersOwnPageOnly() {
    List<String> shown = new ArrayList<>();
    String state = "{'server_url': 'https://a.example', 'pending': {'user_code': 'AB', 'verification_uri_complete': '";
    SignIn.show((code, link) -> shown.add(code + link), json(state + "https://a.example/device?c=AB'}}"));
    SignIn.show((code, link) -> shown.add(code + link), json(state + "https://b.example/device?c=AB'}}"));
    assertEquals(List.of("ABhttps://a.example/device?c=AB", "AB"), shown);
  }

  @Test
  void theDoctorsFindingsSayWhatToDo() {
    assertEquals("✓ clock: right\n", Doctor.finding(json("{'grade': 'ok', 'check': 'clock', 'text': 'right'}")));
    String wrong = "{'grade': 'wrong', 'check': 'clock', 'text': 'wrong', 'remedy': 'Set it.'}";
    assertEquals("✗ clock: wrong\n    Set it.\n", Doctor.finding(json(wrong)));
    assertEquals("• clock: odd\n", Doctor.finding(json("{'grade': 'note', 'check': 'clock', 'text': 'odd'}")));
  }

  @Test
  void documentationNamesItsEngine() {
    AiDocs docs = AiDocs.read(
      json(
        "{'file': 'a.ts', 'result': {'summary': 'S', 'key_concepts': ['K'], 'engine': 'outline', 'model': 'm'," +
          " 'fallback': true, 'suggested_diff': null, 'notes': []," +
          " 'explanations': [{'symbol': 'f', 'line_start': 1, 'line_end': 2, 'text': 'T'}]}}"
      )
    );
    assertTrue(docs.page().startsWith("a.ts\n\nS\n"));
    assertTrue(docs.page().contains("• K") && docs.page().contains("f (lines 1–2)\n  T"));
    assertTrue(docs.page().endsWith("Made by outline (m); a fallback, since the tier's own model could not be had."));
    assertEquals("", docs.suggestedDiff());
  }

  @Test
  void tenMegabytesOfDocumentationAreCut() {
    JsonObject result = new JsonObject();
    result.addProperty("summary", "x".repeat(10_000_000));
    result.addProperty("suggested_diff", "y".repeat(10_000_000));
    result.addProperty("engine", "outline");
    JsonArray explanations = new JsonArray();
    for (int line = 1; line <= 5_000; line++) {
      explanations.add(json("{'symbol': 's', 'line_start': " + line + ", 'line_end': 5000, 'text': '<html>'}"));
    }
    result.add("explanations", explanations);
    JsonObject told = new JsonObject();
    told.add("result", result);
    AiDocs docs = AiDocs.read(told);
    assertTrue(docs.page().length() < 250_000);
    assertEquals("", docs.suggestedDiff());
    assertTrue(docs.page().endsWith("\nMade by outline."), "the engine is always named");
    result.addProperty("summary", "Short");
    assertTrue(AiDocs.read(told).page().contains("\n4900 more explanations are left out.\n"));
  }

  @Test
  void timesAreThoseOfTheUsersClock() {
    TimeZone before = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
    try {
      Comment comment = new Comment("ada", "Hi", "2026-11-28T20:05:00Z", 3);
      assertEquals("ada, 2026-11-29 05:05, line 3\nHi\n", comment.text());
      assertEquals("● Hi — 2026-11-29", new News("n", "Hi", "mention", "2026-11-28T20:05:00.123Z", false).line());
      assertEquals("   Hi — <b>", new News("n", "Hi", "mention", "<b>", true).line());
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void aPreviewIsReadWithItsCode() {
    Preview preview = Preview.ofAgent(
      json(
        "{'id': 'p/1', 'preview_id': 'b', 'state': 'failed', 'entry': 'App.tsx', 'live': true," +
          " 'qr_png': 'data:image/png;base64,AQI=', 'error': {'message': 'M'}, 'skipped': ['.env']," +
          " 'diagnostics': [{'path': '/x', 'line': 3, 'column': 0, 'message': 'E', 'hint': 'H'}]}"
      )
    );
    assertEquals("/v1/previews/p%2F1", preview.path());
    assertArrayEquals(new byte[] { 1, 2 }, preview.qrPng());
    assertEquals(new BuildError("/x", 3, 1, "E", "H"), preview.errors().get(0));
    assertEquals("E\nH", preview.errors().get(0).text());
    assertEquals("M (x:3)", preview.failureWithPlace());
    assertEquals("b.tsx:7", new BuildError("C:\\a\\b.tsx", 7, 1, "E", "").place());
    assertTrue(preview.hasEnded() && !preview.isReady() && preview.isLive());
    assertEquals(0, Preview.ofAgent(json("{'id': 'p', 'qr_png': '<svg>'}")).qrPng().length);
    assertEquals(0, Preview.ofAgent(json("{'id': 'p', 'qr_png': '" + "A".repeat(1_000_004) + "'}")).qrPng().length);
    String errors = "{'path': 'a', 'message': 'E'}, ".repeat(300) + "{}";
    assertEquals(200, BuildError.of(json("{'diagnostics': [" + errors + "]}"), "diagnostics").size());
  }

  @Test
  void thePhoneIsQuotedAsText() {
    String text = PhoneConsole.text(
      json(
        "{'device': {'name': 'Pixel'}, 'dropped': 4, 'lines': [{'level': 'error', 'text': 'a\\u001b[2Jb\\nc'," +
          " 'path': 'App.tsx', 'line': 3, 'column': 7, 'uncaught': true}]}"
      )
    );
    assertEquals("Pixel uncaught error: a[2Jb\n    c (App.tsx:3:7)\nPixel: 4 more lines\n", text);
  }
}
