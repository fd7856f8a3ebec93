package dev.hivesync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The folders of docs/protocol.md §1. */
class PlacesTest {

  private static final Path HOME = Path.of("/home/ada");

  private static Path file(Places.System system, Map<String, String> environment) throws HiveSyncException {
    return new Places(environment, system, HOME).discoveryFile();
  }

  @Test
  void eachSystemHasItsOwnFolder() throws HiveSyncException {
    assertEquals(
      Path.of("/run/user/7/hivesync/desktop-agent.json"),
      file(Places.System.LINUX, Map.of("XDG_RUNTIME_DIR", "/run/user/7"))
    );
    assertEquals(HOME.resolve(".local/state/hivesync/run/desktop-agent.json"), file(Places.System.LINUX, Map.of()));
    assertEquals(
      HOME.resolve("Library/Application Support/HiveSync/run/desktop-agent.json"),
      file(Places.System.MACOS, Map.of())
    );
    assertEquals(
      Path.of("/local/HiveSync/run/desktop-agent.json"),
      file(Places.System.WINDOWS, Map.of("LOCALAPPDATA", "/local"))
    );
  }

  @ParameterizedTest
  @CsvSource({ "/s, /s/hivesync/operations", "s, /home/ada/.local/state/hivesync/operations" })
  void whatIsKeptLiesInTheUsersStateUnlessThatIsNoPlace(String state, String folder) throws HiveSyncException {
    Places places = new Places(Map.of("XDG_STATE_HOME", state), Places.System.LINUX, Path.of("/home/ada"));
    assertEquals(Path.of(folder), places.operationsFolder(Origin.of(Origin.LOCAL)).getParent());
  }

  @Test
  void theEnvironmentWins() throws HiveSyncException {
    Map<String, String> named = Map.of("HIVESYNC_RUNTIME_DIR", "/r", "HIVESYNC_PROFILE", "work");
    assertEquals(Path.of("/r/desktop-agent.work.json"), file(Places.System.MACOS, named));
  }

  @Test
  void aProfileCanBeNoPath() {
    for (String name : new String[] { "../x", "A", "a/b", "-a", "a".repeat(33) }) {
      assertThrows(HiveSyncException.class, () -> file(Places.System.LINUX, Map.of("HIVESYNC_PROFILE", name)), name);
    }
  }
}
