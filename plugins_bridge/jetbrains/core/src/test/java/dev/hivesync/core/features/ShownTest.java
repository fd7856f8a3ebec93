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
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

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

  @Test
  void documentationNamesItsEngine() {
    AiDocs docs =
        AiDocs.read(
            json(
                "{'file': 'a.ts', 'result': {'summary': 'S', 'key_concepts': ['K'], 'engine': 'outline', 'model': 'm',"
                    + " 'fallback': true, 'suggested_diff': null, 'notes': [],"
                    + " 'explanations': [{'symbol': 'f', 'line_start': 1, 'line_end': 2, 'text': 'T'}]}}"));
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
    Preview preview =
        Preview.ofAgent(
            json(
                "{'id': 'p/1', 'preview_id': 'b', 'state': 'failed', 'entry': 'App.tsx', 'live': true,"
                    + " 'qr_png': 'data:image/png;base64,AQI=', 'error': {'message': 'M'}, 'skipped': ['.env'],"
                    + " 'diagnostics': [{'path': '/x', 'line': 3, 'column': 0, 'message': 'E', 'hint': 'H'}]}"));
    assertEquals("/v1/previews/p%2F1", preview.path());
    assertArrayEquals(new byte[] {1, 2}, preview.qrPng());
    assertEquals(new BuildError("/x", 3, 1, "E", "H"), preview.errors().get(0));
    assertEquals("E\nH", preview.errors().get(0).text());
    assertEquals("M (x:3)", preview.failureWithPlace());
    assertEquals("b.tsx:7", new BuildError("C:\\a\\b.tsx", 7, 1, "E", "").place());
    assertTrue(preview.hasEnded() && !preview.isReady() && preview.isLive());
    assertEquals(0, Preview.ofAgent(json("{'id': 'p', 'qr_png': '<svg>'}")).qrPng().length);
  }

  @Test
  void thePhoneIsQuotedAsText() {
    String text =
        PhoneConsole.text(
            json(
                "{'device': {'name': 'Pixel'}, 'dropped': 4, 'lines': [{'level': 'error', 'text': 'a\\u001b[2Jb\\nc',"
                    + " 'path': 'App.tsx', 'line': 3, 'column': 7, 'uncaught': true}]}"));
    assertEquals("Pixel uncaught error: a[2Jb\n    c (App.tsx:3:7)\nPixel: 4 more lines\n", text);
  }
}
