package dev.hivesync.core.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hivesync.core.Connecting;
import dev.hivesync.core.Connecting.Connected;
import dev.hivesync.core.HiveSyncException;
import dev.hivesync.core.SecretStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin's own session, where neither agent nor command is there. */
class OwnSignInTest {

  private static final String REFRESH = "POST /api/v1/auth/refresh";

  @TempDir
  private Path folder;

  private final Memory secrets = new Memory();
  private ScriptedBackend backend;
  private Connected connected;

  /** The IDE's storage. */
  private static final class Memory implements SecretStore {

    private final Map<String, String> kept = new HashMap<>();

    @Override
    public Optional<String> read(String account) {
      return Optional.ofNullable(kept.get(account));
    }

    @Override
    public void write(String account, String secret) {
      if (secret == null) {
        kept.remove(account);
      } else {
        kept.put(account, secret);
      }
    }
  }

  @BeforeEach
  void start() throws IOException, HiveSyncException {
    backend = new ScriptedBackend();
    Map<String, String> environment = Map.of(
      "HIVESYNC_SERVER_URL",
      backend.origin(),
      "HIVESYNC_RUNTIME_DIR",
      folder.toString()
    );
    connected = Connecting.here(environment).connect("/nowhere/hivesync", secrets);
    backend.on("GET /api/v1/auth/me", 200, "{'username': 'ada', 'tier': 'pro'}");
    backend.on("GET /api/v1/notifications/unread", 200, "{'count': 0}");
  }

  @AfterEach
  void stop() {
    backend.close();
  }

  private String account() {
    return "session " + backend.origin();
  }

  private void signedIn() {
    secrets.write(account(), "r1");
    backend.on(REFRESH, 200, "{'access_token': 'a1', 'expires_in': 900, 'refresh_token': 'r2'}");
  }

  @Test
  void withoutASessionNobodyIsSignedIn() {
    assertEquals("HiveSync: signed out", Status.of(connected.session()).text());
    assertTrue(backend.asked(REFRESH).isEmpty());
  }

  @Test
  void theSuccessorIsKeptAndTheTokenUsed() {
    signedIn();
    assertEquals("HiveSync: ada · Pro", Status.of(connected.session()).text());
    assertEquals(Map.of(account(), "r2"), secrets.kept);
    assertTrue(backend.asked(REFRESH).get(0).body().contains("\"r1\""));
    assertEquals("", backend.asked(REFRESH).get(0).authorization());
    assertEquals("Bearer a1", backend.asked("GET /api/v1/auth/me").get(0).authorization());
    assertEquals(1, backend.asked(REFRESH).size(), "the token is held while it lasts");
  }

  @Test
  void aSessionThatHasEndedIsRemoved() {
    signedIn();
    backend.on(REFRESH, 401, "{'code': 'AUTH_INVALID', 'detail': 'Over.'}");
    HiveSyncException ended = assertThrows(HiveSyncException.class, () -> connected.session().get("/api/v1/auth/me"));
    assertEquals("The session has ended; log in again.", ended.getMessage());
    assertEquals(Map.of(), secrets.kept);
  }

  @Test
  void aSessionIsNotRemovedForAFailureOfTheServer() {
    signedIn();
    backend.on(REFRESH, 503, "");
    assertThrows(HiveSyncException.class, () -> connected.session().get("/api/v1/auth/me"));
    backend.on(REFRESH, 200, "{'access_token': 'a\\nb', 'refresh_token': 'r9'}");
    assertThrows(HiveSyncException.class, () -> connected.session().get("/api/v1/auth/me"));
    assertEquals(Map.of(account(), "r1"), secrets.kept);
  }

  @Test
  void signingOutEndsItHereAndAtTheServer() throws HiveSyncException {
    signedIn();
    backend.on("POST /api/v1/auth/logout", 204, "");
    SignIn signIn = new SignIn(connected, backend.origin());
    signIn.out();
    assertEquals(Map.of(), secrets.kept);
    assertTrue(backend.asked("POST /api/v1/auth/logout").get(0).body().contains("\"r2\""));
    assertFalse(connected.own().end());
  }
}
