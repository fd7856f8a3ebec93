package dev.hivesync.core.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What others typed is shown, and does nothing. */
class PlainTextTest {

  @Test
  void controlCharactersAreRemoved() {
    assertEquals("a[31mb\n\tc", PlainText.lines("a\u001b[31mb\r\n\tc\u0000\u0007\u009b"));
  }

  @Test
  void whatTurnsTheDirectionAroundIsRemoved() {
    assertEquals("ab", PlainText.lines("a\u202e\u2066\u200fb"));
  }

  @Test
  void aLineIsOneLineAndCut() {
    assertEquals("a b", PlainText.line(" a\n\r\n b ", 10));
    assertEquals("aaa …", PlainText.line("a".repeat(10_000_000), 3));
    // A pair of surrogates is one character.
    assertEquals("a …", PlainText.line("a😀😀", 2));
  }

  @Test
  void htmlIsEscapedForBalloons() {
    String hostile = "<html><img src=x onerror='1'>&amp;\"";
    String escaped = PlainText.escaped(hostile);
    assertFalse(escaped.contains("<"));
    assertEquals("&lt;html&gt;&lt;img src=x onerror=&#39;1&#39;&gt;&amp;amp;&quot;", escaped);
    assertTrue(PlainText.escaped("a\nb").equals("a<br>b"));
  }
}
