package dev.hivesync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a token is kept: as long as its source said that it lasts, by no clock of a wall. */
class HeldTokenTest {

  private int fetched;

  private HeldToken held(int lastsSeconds, String apiKey) {
    return new HeldToken(() -> new TokenSource.Token("t" + ++fetched, lastsSeconds), apiKey);
  }

  @ParameterizedTest
  @CsvSource({ "900, 1", "60, 1", "30, 3", "29, 3", "0, 3", "-900, 3" })
  void itIsFetchedAnewHalfAMinuteBeforeItEnds(int lastsSeconds, int times) throws HiveSyncException {
    HeldToken held = held(lastsSeconds, "");
    held.get("");
    held.get("");
    assertEquals("t" + times, held.get(""));
  }

  @Test
  void oneThatWasRefusedIsReplacedOnce() throws HiveSyncException {
    HeldToken held = held(900, "");
    assertEquals("t1", held.get(""));
    assertEquals("t2", held.get("t1"));
    assertEquals("t2", held.get("t1"), "another thread has done it already");
    held.forget();
    assertEquals("t3", held.get(""));
  }

  @Test
  void aKeyIsNeverRenewed() throws HiveSyncException {
    HeldToken held = held(900, "key");
    assertEquals("key", held.get("key"));
    assertFalse(held.isRenewable());
    assertTrue(held(900, "").isRenewable());
    assertEquals(0, fetched);
  }

  @Test
  void whatCouldBeAnotherHeaderIsNoToken() {
    for (String text : new String[] { "", "a b", "a\r\nX: y", "ä" }) {
      assertThrows(IllegalArgumentException.class, () -> new TokenSource.Token(text, 900));
    }
  }
}
