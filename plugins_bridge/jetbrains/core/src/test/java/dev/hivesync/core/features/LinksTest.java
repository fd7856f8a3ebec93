package dev.hivesync.core.features;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only links to the server's own hosts are opened. */
class LinksTest {

  private static final List<String> FAR = List.of("https://hivesync.example.com", "https://worker.example.com");
  private static final List<String> HERE = List.of("http://127.0.0.1:4000");

  @ParameterizedTest
  @ValueSource(
    strings = {
      "file:///etc/passwd",
      "javascript:alert(1)",
      "https://evil.example.com/p/1",
      "https://hivesync.example.com.evil.example.com/",
      "https://hivesync.example.com@evil.example.com/",
      "https://hivesync.example.com\\@evil.example.com/",
      "http://hivesync.example.com/",
      "http://127.0.0.1:4000/",
      "https://hivesync.example.com/a b",
      "https://hivesync.example.com/`reboot`",
      "https://hivesync.example.com/\"",
      "//hivesync.example.com/",
      ""
    }
  )
  void whatIsNotOursIsNot(String link) {
    assertFalse(Links.isOurs(link, FAR));
  }

  @Test
  void whatIsOursIs() {
    assertTrue(Links.isOurs("https://worker.example.com/p/1#token", FAR));
    assertTrue(Links.isOurs("http://127.0.0.1:8787/p/1#token", HERE));
    assertFalse(Links.isOurs("https://worker.example.com/p/1", HERE));
  }

  @ParameterizedTest
  @ValueSource(
    strings = { "http://127.0.0.1:631/", "http://localhost/", "http://[::1]:8787/p/1", "https://127.0.0.1/" }
  )
  void aServerElsewhereHasNoSayOverThisMachine(String link) {
    List<String> named = List.of(FAR.get(0), "http://127.0.0.1:631", "http://localhost", "https://127.0.0.1");
    assertFalse(Links.isOurs(link, named));
    assertTrue(Links.isOurs(link, HERE));
  }
}
