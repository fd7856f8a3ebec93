package dev.hivesync.core.features;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.hivesync.core.HiveSyncException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lists end, even those of a server that always promises more. */
class PagesTest {

  private final List<String> asked = new ArrayList<>();

  private static JsonObject page(int count, String next) {
    JsonArray items = new JsonArray();
    for (int index = 0; index < count; index++) {
      items.add(new JsonObject());
    }
    JsonObject page = new JsonObject();
    page.add("items", items);
    page.addProperty("next_cursor", next);
    return page;
  }

  private int read(String path, JsonObject... pages) throws HiveSyncException {
    Pages.Reader reader = asks -> {
      asked.add(asks);
      return pages[Math.min(asked.size(), pages.length) - 1];
    };
    return Pages.every(reader, path).size();
  }

  @Test
  void allPagesAreRead() throws HiveSyncException {
    assertEquals(5, read("/x?a=1", page(2, "b c&d"), page(2, "e"), page(1, "")));
    assertEquals(List.of("/x?a=1&limit=200", "/x?a=1&limit=200&cursor=b%20c%26d", "/x?a=1&limit=200&cursor=e"), asked);
  }

  @Test
  void anEmptyPageIsTheLast() throws HiveSyncException {
    assertEquals(1, read("/x", page(1, "more"), page(0, "more")));
    assertEquals(2, asked.size());
  }

  @Test
  void anEndlessListIsReadUpToWhatAnybodyWouldLookAt() throws HiveSyncException {
    assertEquals(2_000, read("/x", page(200, "more")));
    assertEquals(10, asked.size());
  }
}
