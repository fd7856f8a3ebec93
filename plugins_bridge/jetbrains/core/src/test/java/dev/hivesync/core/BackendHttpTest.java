package dev.hivesync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which hosts are reached without the proxy of the environment. */
class BackendHttpTest {

  @ParameterizedTest
  @CsvSource(
    delimiter = '|',
    value = {
      "api.example | api.example | true",
      "api.example | example | true",
      "api.example | .example | true",
      "api.example | *.example | true",
      "api.example | a.b, api.example | true",
      "api.example | * | true",
      "api.example | pi.example | false",
      "api.example | api.example.org | false",
      "api.example | , | false"
    }
  )
  void aHostIsExemptByItsNameOrWhatIsAboveIt(String host, String named, boolean isExempt) {
    assertEquals(isExempt, BackendHttp.isExempt(host, Map.of("NO_PROXY", named)));
    assertEquals(isExempt, BackendHttp.isExempt(host, Map.of("no_proxy", named)));
  }

  @Test
  void whatNamesNoProxyIsRefused() {
    Map<String, String> environment = Map.of("HTTPS_PROXY", "not a proxy");
    assertThrows(HiveSyncException.class, () -> BackendHttp.of(Origin.of("https://api.example"), environment));
  }
}
