package dev.hivesync.core;

import dev.hivesync.core.AgentUnusableException.Reason;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;

/** The way to this machine's agent. Follows its restarts; never uses a proxy. Threads may share it. */
public final class AgentLink {

  /** Longer than the agent itself waits for the backend. */
  private static final int READ_MILLISECONDS = 75_000;

  private static final int IDLE_MAX_SECONDS = 30;
  private static final int IDLE_MAX = 4;
  private static final int RESTARTS_FOLLOWED = 3;
  private static final Set<String> OF_THIS_MACHINE = Set.of(
    "/v1/previews",
    "/v1/projects",
    "/v1/ai-docs",
    "/v1/support-bundle",
    "/v1/shutdown"
  );

  private final DiscoveryFile file;
  private final String serving;
  private final Deque<AgentConnection> idle = new ArrayDeque<>();
  private Optional<String> stamp = Optional.empty();
  private Discovery found;

  /** `serving`: the one backend that it must serve; empty if any is meant. */
  public AgentLink(DiscoveryFile file, String serving) {
    this.file = file;
    this.serving = serving;
  }

  /** Give what tells the discovery file of now from earlier ones; nothing without a file. */
  public Optional<String> stamp() {
    return file.stamp();
  }

  /** Have the call done by the agent, or by the next one if it is restarted meanwhile. */
  public Answer send(Call call) throws HiveSyncException {
    for (int attempt = 0; attempt < RESTARTS_FOLLOWED; attempt++) {
      Optional<String> asked = stamp();
      try {
        return sendToThis(call);
      } catch (AgentUnusableException gone) {
        forget();
        // The same file still, or none: there is no other agent to ask.
        Optional<String> now = stamp();
        if (now.isEmpty() || now.equals(asked)) {
          throw gone;
        }
      }
    }
    throw new AgentUnusableException(
      Reason.AGENT_STALE,
      "The agent is restarted again and again; see `hivesync logs`."
    );
  }

  /** Prove that the agent can be used, without a call. */
  public Discovery check() throws AgentUnusableException {
    Discovery current = current();
    keep(current, AgentConnection.open(current, READ_MILLISECONDS));
    return current;
  }

  /** Send the call on a connection of its own; the caller reads the answer, and closes. */
  OpenAnswer stream(Call call, int readMilliseconds) throws AgentUnusableException {
    Discovery current = current();
    AgentConnection connection = AgentConnection.open(current, readMilliseconds);
    try {
      Response response = connection.exchange(call, current);
      return new OpenAnswer(response.status(), response.headers(), response.body(), Mode.PROXY, connection::close);
    } catch (IOException ended) {
      connection.close();
      throw new AgentUnusableException(Reason.AGENT_STALE, "The agent has ended.");
    }
  }

  /** Drop what is known of the agent, and all connections. */
  public synchronized void forget() {
    idle.forEach(AgentConnection::close);
    idle.clear();
    stamp = Optional.empty();
    found = null;
  }

  private Answer sendToThis(Call call) throws HiveSyncException {
    Answer answer = sendOnce(call);
    if (!isTokenRefused(answer)) {
      return answer;
    }
    // Its own refusal, not the backend's: it was restarted a moment ago.
    forget();
    Answer second = sendOnce(call);
    if (isTokenRefused(second)) {
      throw new AgentUnusableException(
        Reason.AGENT_STALE,
        "The agent does not accept its own discovery file; restart it."
      );
    }
    return second;
  }

  private Answer sendOnce(Call call) throws HiveSyncException {
    Discovery current = current();
    checkReach(current, call);
    AgentConnection kept = take(current);
    if (kept != null) {
      try {
        return answered(current, kept, call);
      } catch (AgentUnusableException ended) {
        // An idle connection may have ended long ago; that says nothing about the agent.
        forget();
        current = current();
      }
    }
    return answered(current, AgentConnection.open(current, READ_MILLISECONDS), call);
  }

  private Answer answered(Discovery current, AgentConnection connection, Call call) throws HiveSyncException {
    try {
      Response response = connection.exchange(call, current);
      byte[] body = wholeBody(connection, response);
      if (response.keepsOpen()) {
        keep(current, connection);
      } else {
        connection.close();
      }
      return new Answer(response.status(), response.headers(), body, Mode.PROXY);
    } catch (SocketTimeoutException late) {
      connection.close();
      throw new OfflineException("The agent took too long to answer.");
    } catch (IOException ended) {
      connection.close();
      throw new AgentUnusableException(Reason.AGENT_STALE, "The agent ended during the call.");
    }
  }

  private static byte[] wholeBody(AgentConnection connection, Response response) throws IOException, HiveSyncException {
    try {
      return WholeBody.read(response.body());
    } catch (HiveSyncException tooLong) {
      connection.close();
      throw tooLong;
    }
  }

  private synchronized Discovery current() throws AgentUnusableException {
    Optional<String> now = file.stamp();
    if (found != null && now.isPresent() && now.equals(stamp)) {
      return found;
    }
    forget();
    Discovery read = file.read();
    if (!serving.isEmpty() && !read.serverUrl().isEmpty() && !read.serverUrl().equals(serving)) {
      throw new AgentUnusableException(
        Reason.AGENT_OF_OTHER_SERVER,
        "The agent serves another server than the one that is asked for."
      );
    }
    stamp = now;
    found = read;
    return read;
  }

  private synchronized AgentConnection take(Discovery current) {
    while (found == current && !idle.isEmpty()) {
      AgentConnection connection = idle.pop();
      if (connection.idleSeconds() < IDLE_MAX_SECONDS) {
        return connection;
      }
      connection.close();
    }
    return null;
  }

  private synchronized void keep(Discovery current, AgentConnection connection) {
    if (found != current || idle.size() >= IDLE_MAX) {
      connection.close();
      return;
    }
    connection.nowIdle();
    idle.push(connection);
  }

  private static boolean isTokenRefused(Answer answer) {
    return answer.status() == 401 && answer.isOfAgent() && answer.code().equals("AUTH_INVALID");
  }

  private static void checkReach(Discovery current, Call call) throws HiveSyncException {
    boolean namesFiles = call.method().equals("POST") && OF_THIS_MACHINE.contains(call.resource());
    if (!current.forwardedFrom().isEmpty() && namesFiles) {
      String detail = "The agent that is used here runs on %s, which does not see this machine's files.";
      throw new HiveSyncException("FORBIDDEN", detail.formatted(current.forwardedFrom()));
    }
  }
}
