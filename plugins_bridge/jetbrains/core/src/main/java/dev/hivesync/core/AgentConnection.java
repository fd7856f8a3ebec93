package dev.hivesync.core;

import dev.hivesync.core.AgentUnusableException.Reason;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;

/**
 * A connection that has proven to end at our agent. Nothing secret is ever written to another.
 *
 * <p>The proof belongs to the connection, not to the port: when an agent dies, another program can take its port at
 * any moment. That is why this is a plain socket, and not one of the JDK's clients, which open connections unseen.
 */
final class AgentConnection implements Closeable {

  static final String PREFIX = "/hivesync-desktop-api";

  private static final int DEADLINE_MILLISECONDS = 2_000;
  private static final int PROOF_MAX_BYTES = 16_384;
  // One thread for all alarms of this program; it keeps nothing alive.
  private static final Timer ALARMS = new Timer("hivesync-proof-alarm", true);

  private final Socket socket;
  private final BufferedInputStream input;
  private final int port;
  private long idleSince = System.nanoTime();

  private AgentConnection(Socket socket, int port) throws IOException {
    this.socket = socket;
    this.input = new BufferedInputStream(socket.getInputStream(), 65_536);
    this.port = port;
  }

  /** Connect to the agent's port and have it prove itself. */
  static AgentConnection open(Discovery found, int readMilliseconds) throws AgentUnusableException {
    // Without NO_PROXY the JDK asks its proxy selector, also for this machine.
    Socket socket = new Socket(Proxy.NO_PROXY);
    try {
      InetAddress here = InetAddress.getByAddress(new byte[] { 127, 0, 0, 1 });
      socket.connect(new InetSocketAddress(here, found.port()), DEADLINE_MILLISECONDS);
      socket.setTcpNoDelay(true);
    } catch (IOException nobody) {
      closeQuietly(socket);
      throw new AgentUnusableException(Reason.AGENT_STALE, "The agent has ended: nobody listens on its port.");
    }
    try {
      AgentConnection connection = new AgentConnection(socket, found.port());
      connection.prove(found);
      socket.setSoTimeout(readMilliseconds);
      return connection;
    } catch (IOException noProof) {
      closeQuietly(socket);
      throw new AgentUnusableException(
        Reason.AGENT_UNPROVEN,
        "What listens on the agent's port gave no proof in time."
      );
    }
  }

  /** Send a request and read the head of its answer; the body must be read before the next. */
  Response exchange(String method, String path, Map<String, String> headers, byte[] body) throws IOException {
    socket.getOutputStream().write(encoded(method, path, headers, body));
    socket.getOutputStream().flush();
    return Response.read(input, method);
  }

  /** Send a call with the agent's token. */
  Response exchange(Call call, Discovery found) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>(call.headers());
    headers.put("Authorization", "Bearer " + found.token());
    headers.put("X-HiveSync-Protocol", String.valueOf(Version.PROTOCOL));
    return exchange(call.method(), call.path(), headers, call.body());
  }

  void nowIdle() {
    idleSince = System.nanoTime();
  }

  long idleSeconds() {
    return (System.nanoTime() - idleSince) / 1_000_000_000L;
  }

  /** Also ends a read that another thread is waiting in. */
  @Override
  public void close() {
    closeQuietly(socket);
  }

  private void prove(Discovery found) throws IOException {
    socket.setSoTimeout(DEADLINE_MILLISECONDS);
    // The time limit of a read is for each piece; whoever sends a byte now and then would hold us for ever.
    TimerTask alarm = alarm();
    ALARMS.schedule(alarm, DEADLINE_MILLISECONDS);
    try {
      String nonce = Proof.newNonce();
      Response answer = exchange("GET", "/?nonce=" + nonce, Map.of(), null);
      byte[] body = answer.status() == 200 ? answer.body().readNBytes(PROOF_MAX_BYTES) : new byte[0];
      String claimed = Json.text(Json.objectOf(new String(body, StandardCharsets.UTF_8)), "proof");
      if (!Proof.matches(claimed, found.token(), nonce) || answer.body().read() >= 0 || !answer.keepsOpen()) {
        throw new IOException("wrong proof");
      }
    } finally {
      alarm.cancel();
    }
  }

  private TimerTask alarm() {
    return new TimerTask() {
      @Override
      public void run() {
        close();
      }
    };
  }

  private byte[] encoded(String method, String path, Map<String, String> headers, byte[] body) throws IOException {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(PREFIX).append(path).append(" HTTP/1.1\r\n");
    head.append("Host: 127.0.0.1:").append(port).append("\r\n");
    head.append("X-HiveSync-Client: ").append(Version.CLIENT).append("\r\n");
    for (Map.Entry<String, String> header : headers.entrySet()) {
      head.append(header.getKey()).append(": ").append(visible(header.getValue())).append("\r\n");
    }
    if (body != null || !method.equals("GET")) {
      head
        .append("Content-Length: ")
        .append(body == null ? 0 : body.length)
        .append("\r\n");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    if (body != null) {
      bytes.write(body);
    }
    return bytes.toByteArray();
  }

  private static String visible(String value) throws IOException {
    if (!value.matches("[ -~]*")) {
      throw new IOException("a header's value holds a control character");
    }
    return value;
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyBroken) {
      // Closing is all that was wanted of it.
      return;
    }
  }
}
