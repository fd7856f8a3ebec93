package dev.hivesync.core;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Makes the client for the backend: with the proxy and the authorities of the environment, else the IDE's. */
final class BackendHttp {

  private static final Duration CONNECT = Duration.ofSeconds(10);

  private BackendHttp() {}

  static HttpClient of(Origin origin, Map<String, String> environment) throws HiveSyncException {
    HttpClient.Builder builder = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .followRedirects(HttpClient.Redirect.NEVER)
      .connectTimeout(CONNECT);
    String authorities = environment.getOrDefault("SSL_CERT_FILE", "");
    if (!authorities.isEmpty()) {
      builder.sslContext(trusting(authorities));
    }
    return builder.proxy(proxyFor(origin, environment)).build();
  }

  private static ProxySelector proxyFor(Origin origin, Map<String, String> environment) throws HiveSyncException {
    if (origin.isLoopback() || isExempt(origin.host(), environment)) {
      return HttpClient.Builder.NO_PROXY;
    }
    String named = environment.getOrDefault("HTTPS_PROXY", environment.getOrDefault("https_proxy", ""));
    return named.isEmpty() ? new IdeProxies() : ProxySelector.of(addressOf(named));
  }

  static boolean isExempt(String host, Map<String, String> environment) {
    String named = environment.getOrDefault("NO_PROXY", environment.getOrDefault("no_proxy", ""));
    for (String each : named.split("[,\\s]+")) {
      String suffix = each.replaceFirst("^\\*?\\.", "");
      if (each.equals("*") || (!suffix.isEmpty() && (host.equals(suffix) || host.endsWith("." + suffix)))) {
        return true;
      }
    }
    return false;
  }

  private static InetSocketAddress addressOf(String named) throws HiveSyncException {
    try {
      URI uri = URI.create(named.contains("//") ? named : "http://" + named);
      return new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort());
    } catch (IllegalArgumentException malformed) {
      throw new HiveSyncException(HiveSyncException.INVALID, "HTTPS_PROXY does not name a proxy.");
    }
  }

  /** Asked each time, since the IDE's proxy settings can change while it runs. */
  private static final class IdeProxies extends ProxySelector {

    @Override
    public List<Proxy> select(URI uri) {
      ProxySelector now = ProxySelector.getDefault();
      return now == null ? List.of(Proxy.NO_PROXY) : now.select(uri);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
      ProxySelector now = ProxySelector.getDefault();
      if (now != null) {
        now.connectFailed(uri, address, failure);
      }
    }
  }

  private static SSLContext trusting(String path) throws HiveSyncException {
    try (InputStream file = new FileInputStream(path)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(file)) {
        store.setCertificateEntry("authority " + store.size(), each);
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException unusable) {
      throw new HiveSyncException(HiveSyncException.INVALID, "SSL_CERT_FILE names no certificates that can be read.");
    }
  }
}
