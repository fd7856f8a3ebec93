package dev.hivesync.core;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;

/** The way to the backend without an agent. Follows no redirect, so a token goes to one origin only. */
public final class DirectLink {

  private static final Duration READ = Duration.ofSeconds(60);

  private final Origin origin;
  private final HeldToken token;
  private final HttpClient http;

  public DirectLink(Origin origin, TokenSource tokens, String apiKey, HttpClient http) {
    this.origin = origin;
    this.token = new HeldToken(tokens, apiKey);
    this.http = http;
  }

  /** Tell whether somebody is signed in. Without an answer to that, the call itself will tell. */
  public boolean canBeUsed() {
    try {
      return !token.get("").isEmpty();
    } catch (HiveSyncException failure) {
      return !failure.isSignedOut();
    }
  }

  /** Drop the token, after a sign-in or sign-out. */
  public void forget() {
    token.forget();
  }

  /** Send the call; renew once when the token was refused. */
  public Answer send(Call call) throws HiveSyncException {
    return whole(stream(call));
  }

  /** Send a call with no token: those of the sign-in. */
  public Answer sendPublic(Call call) throws HiveSyncException {
    return whole(transmit(call, ""));
  }

  /** Send the call and give the open answer; the caller ends it. */
  OpenAnswer stream(Call call) throws HiveSyncException {
    String held = token.get("");
    OpenAnswer answer = transmit(call, held);
    if (answer.status() != 401 || !token.isRenewable()) {
      return answer;
    }
    answer.end().run();
    return transmit(call, token.get(held));
  }

  private Answer whole(OpenAnswer answer) throws HiveSyncException {
    try (InputStream body = answer.body()) {
      return new Answer(answer.status(), answer.headers(), WholeBody.read(body), Mode.DIRECT);
    } catch (IOException broken) {
      throw new OfflineException("The backend ended its answer in the middle.");
    }
  }

  private OpenAnswer transmit(Call call, String bearer) throws HiveSyncException {
    BodyPublisher body = call.body() == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(call.body());
    HttpRequest.Builder request = HttpRequest.newBuilder(origin.address(call.path())).method(call.method(), body);
    call.headers().forEach(request::setHeader);
    request.setHeader("User-Agent", Version.CLIENT).timeout(READ);
    if (!bearer.isEmpty()) {
      request.setHeader("Authorization", "Bearer " + bearer);
    }
    try {
      return opened(http.send(request.build(), BodyHandlers.ofInputStream()));
    } catch (HttpTimeoutException late) {
      throw new OfflineException("The backend took too long to answer.");
    } catch (SSLException refused) {
      // By far most often one of these two; "can't be reached" would have people look at their network.
      throw new OfflineException(
        "The certificate of " +
          origin.text() +
          " is not accepted. Is this machine's date right? Behind a proxy that looks into TLS, SSL_CERT_FILE" +
          " must name its authority."
      );
    } catch (IOException unreachable) {
      throw new OfflineException("The backend " + origin.text() + " can't be reached.");
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw new OfflineException("It was cancelled.");
    }
  }

  private static OpenAnswer opened(HttpResponse<InputStream> response) {
    Map<String, String> headers = new HashMap<>();
    response
      .headers()
      .map()
      .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    InputStream body = response.body();
    return new OpenAnswer(response.statusCode(), headers, body, Mode.DIRECT, () -> close(body));
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException alreadyBroken) {
      // Closing is all that was wanted of it.
      return;
    }
  }
}
