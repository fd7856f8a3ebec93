package dev.hivesync.core.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A suggested diff is applied exactly, or not at all. */
class UnifiedDiffTest {

  private static final String TEXT = "one\ntwo\nthree\nfour\n";
  private static final String HEAD = "--- a/x\n+++ b/x\n";

  @Test
  void hunksAreAppliedInTheirOrder() {
    String diff = HEAD + "@@ -1,2 +1,3 @@\n one\n+and a half\n two\n@@ -4 +5 @@ more\n-four\n+4\n";
    assertEquals(Optional.of("one\nand a half\ntwo\nthree\n4\n"), UnifiedDiff.apply(TEXT, diff));
  }

  @Test
  void linesAreInsertedBetweenOthers() {
    assertEquals(Optional.of("one\ntwo\nx\nthree\nfour\n"), UnifiedDiff.apply(TEXT, "@@ -2,0 +3 @@\n+x\n"));
    assertEquals(Optional.of("x\n"), UnifiedDiff.apply("", "@@ -0,0 +1 @@\n+x\n"));
  }

  @Test
  void aMissingLastLineFeedIsMinded() {
    String diff = "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n";
    assertEquals(Optional.of("b"), UnifiedDiff.apply("a", diff));
    assertTrue(UnifiedDiff.apply("a\n", diff).isEmpty());
    String spaces = "@@ -1 +1 @@\n-a  \n\\ No newline at end of file\n+b \n\\ No newline at end of file\n";
    assertEquals(Optional.of("b "), UnifiedDiff.apply("a  ", spaces));
  }

  @Test
  void windowsLineEndsAreKept() {
    assertEquals(Optional.of("a\r\nc\r\n"), UnifiedDiff.apply("a\r\nb\r\n", "@@ -2 +2 @@\n-b\r\n+c\r\n"));
  }

  @Test
  void aTextThatHasChangedIsLeftAlone() {
    assertTrue(UnifiedDiff.apply("one\n2\n", "@@ -1,2 +1,2 @@\n one\n-two\n+2\n").isEmpty());
  }

  @Test
  void aDamagedDiffIsRefused() {
    for (String diff : new String[] {
      "",
      "no hunk",
      "@@ -1,9 +1,9 @@\n one\n",
      "@@ -1 +1 @@\n*one\n",
      "@@ -x +1 @@\n",
      "@@ -9 +9 @@\n-one\n+1\n",
      "@@ -3 +3 @@\n-three\n+3\n@@ -1 +1 @@\n-one\n+1\n",
      "@@ -1 +1 @@\n-one\n+1\nrubbish\n"
    }) {
      assertTrue(UnifiedDiff.apply(TEXT, diff).isEmpty(), diff);
    }
  }
}
