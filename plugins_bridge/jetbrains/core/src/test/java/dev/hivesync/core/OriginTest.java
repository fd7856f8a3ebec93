package dev.hivesync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token goes to one origin only, so nothing may be taken for it that could name two. */
class OriginTest {

  @ParameterizedTest
  @ValueSource(
    strings = {
      "http://hivesync.example.com",
      "http://localhost.example.com",
      "http://127.0.0.1.example.com",
      "https://user@hivesync.example.com",
      "https://hivesync.example.com/api",
      "https://hivesync.example.com?x=1",
      "https://hivesync.example.com#x",
      "ftp://hivesync.example.com",
      "hivesync.example.com",
      "https://",
      "https:// hivesync.example.com",
      ""
    }
  )
  void whatIsNoOriginIsRefused(String text) {
    assertThrows(HiveSyncException.class, () -> Origin.of(text));
  }

  @ParameterizedTest
  @ValueSource(
    strings = { "https://hivesync.example.com", "http://127.0.0.1:4000", "http://localhost:4000", "http://[::1]:4000" }
  )
  void anOriginIsKeptAsItIs(String text) throws HiveSyncException {
    assertEquals(text, Origin.of(text).text());
    assertEquals(text, Origin.of(text + "/").text());
    assertEquals(text + "/api/v1/health", Origin.of(text).address("/api/v1/health").toString());
  }

  @Test
  void onlyThisMachineIsLoopback() throws HiveSyncException {
    assertTrue(Origin.of(Origin.LOCAL).isLoopback());
    assertEquals(false, Origin.of("https://127.example.com").isLoopback());
  }
}
