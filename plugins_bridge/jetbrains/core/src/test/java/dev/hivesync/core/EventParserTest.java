package dev.hivesync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Server-sent events as the WHATWG defines them. */
class EventParserTest {

  private static List<Event> eventsOf(String text) throws IOException {
    EventLines lines = new EventLines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    EventParser parser = new EventParser();
    List<Event> events = new ArrayList<>();
    for (String line = lines.next(); line != null; line = lines.next()) {
      parser.take(line).ifPresent(events::add);
    }
    return events;
  }

  @Test
  void linesMayEndInAnyOfThreeWays() throws IOException {
    for (String end : List.of("\n", "\r\n", "\r")) {
      String text = String.join(end, "id: 7", "event: preview.ready", "data: {\"a\":", "data: 1}", "", "");
      Event only = eventsOf(text).get(0);
      assertEquals("7", only.id());
      assertEquals("preview.ready", only.type());
      assertEquals("{\"a\":1}", only.data().toString());
    }
  }

  @Test
  void anIdLastsUntilTheNextAndATypeDoesNot() throws IOException {
    List<Event> events = eventsOf("id: 1\nevent: a\ndata: 1\n\ndata: 2\n\nid: x\0y\ndata: 3\n\n");
    assertEquals(List.of("a", "message", "message"), events.stream().map(Event::type).toList());
    assertEquals(List.of("1", "1", "1"), events.stream().map(Event::id).toList());
  }

  @Test
  void whatIsNoEventIsLeftOut() throws IOException {
    assertTrue(eventsOf(": comment\n\nevent: a\n\ndata: not json\n\nunknown: x\n\ndata: {\"cut\": ").isEmpty());
  }
}
