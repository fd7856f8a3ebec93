package dev.hivesync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call names a path and nothing else, and what changes something has a key. */
class CallTest {

  @ParameterizedTest
  @ValueSource(
    strings = {
      "",
      "v1",
      "//other.example.com/x",
      "http://other/x",
      "/a b",
      "/a\r\nX: y",
      "/a\\b",
      "/a#b",
      "/ä",
      "/a\u0000"
    }
  )
  void whatIsNoPathIsRefused(String path) {
    assertThrows(HiveSyncException.class, () -> Call.of("GET", path, null));
  }

  @ParameterizedTest
  @ValueSource(strings = { "CONNECT", "get", "GET /x HTTP/1.1\r\nHost: a\r\n\r\nGET", "" })
  void whatIsNoMethodIsRefused(String method) {
    assertThrows(HiveSyncException.class, () -> Call.of(method, "/v1/status", null));
  }

  @Test
  void eachChangeHasAKeyOfItsOwn() throws HiveSyncException {
    assertTrue(Call.of("GET", "/v1/status", null).key().isEmpty());
    for (String method : new String[] { "POST", "PATCH", "DELETE", "PUT" }) {
      assertTrue(Call.of(method, "/v1/previews", null).key().isPresent());
    }
    assertNotEquals(Call.of("POST", "/v1/previews", null).key(), Call.of("POST", "/v1/previews", null).key());
  }

  @Test
  void onlyTheAgentCanAnswerItsOwnRoutes() throws HiveSyncException {
    assertTrue(Call.of("GET", "/v1/status", null).isLocal());
    assertFalse(Call.of("GET", "/api/v1/projects", null).isLocal());
    assertEquals("/api/v1/projects", Call.of("GET", "/api/v1/projects?limit=3", null).resource());
  }
}
