package dev.hivesync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend whose certificate is not accepted: what a machine with a wrong date sees, or one behind a proxy. */
class TlsTest {

  private static final char[] WORD = "changeit".toCharArray();

  @TempDir
  private Path folder;

  private HttpsServer server;

  @BeforeEach
  void start() throws IOException, InterruptedException, GeneralSecurityException {
    keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost");
    keytool("-exportcert", "-rfc", "-file", folder.resolve("authority.pem").toString());
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context()));
    server.createContext("/", exchange -> {
      exchange.sendResponseHeaders(204, -1);
      exchange.close();
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void keytool(String... words) throws IOException, InterruptedException {
    String program = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    ProcessBuilder builder = new ProcessBuilder(program, "-J-XX:TieredStopAtLevel=1");
    builder.command().addAll(List.of(words));
    String store = folder.resolve("keys").toString();
    builder.command().addAll(List.of("-alias", "k", "-keystore", store, "-storepass", new String(WORD)));
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  private SSLContext context() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance(folder.resolve("keys").toFile(), WORD);
    KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, WORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private Answer asked(Map<String, String> environment) throws HiveSyncException {
    Origin origin = Origin.of("https://localhost:" + server.getAddress().getPort());
    DirectLink direct = new DirectLink(origin, () -> null, "key", BackendHttp.of(origin, environment));
    return direct.send(Call.of("GET", "/api/v1/health", null));
  }

  @Test
  void aCertificateIsAcceptedByItsAuthorityOnly() throws HiveSyncException, IOException {
    Path authority = folder.resolve("authority.pem");
    assertEquals(204, asked(Map.of("SSL_CERT_FILE", authority.toString())).status());
    String said = assertThrows(OfflineException.class, () -> asked(Map.of())).getMessage();
    assertTrue(said.contains("certificate") && said.contains("this machine's date"), said);
    Files.writeString(authority, "not a certificate");
    assertThrows(HiveSyncException.class, () -> asked(Map.of("SSL_CERT_FILE", authority.toString())));
  }
}
