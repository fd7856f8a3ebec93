package dev.hivesync.core;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/**
 * Which way a call goes: by the agent, or directly while none runs. No lost call, and nothing done twice.
 *
 * <p>A call that an agent may have done already is sent again under the same Idempotency-Key, which the backend
 * remembers whichever way it came. And nothing overtakes: while an agent that has ended keeps a change, later ones
 * of the same thing wait for it.
 */
public final class Session {

  /** How long a request that lost its asker may keep the backend busy before the caller is told so. */
  private static final long BUSY_NANOSECONDS = 15_000_000_000L;

  private static final int BUSY_PAUSE_MILLISECONDS = 500;

  private final AgentLink agent;
  private final DirectLink direct;
  private final WaitingChanges waiting;

  Session(AgentLink agent, DirectLink direct, WaitingChanges waiting) {
    this.agent = agent;
    this.direct = direct;
    this.waiting = waiting;
  }

  public AgentLink agent() {
    return agent;
  }

  public DirectLink direct() {
    return direct;
  }

  /** Read something; throw what a failure tells. */
  public JsonObject get(String path) throws HiveSyncException {
    return call("GET", path, null).good();
  }

  /** Change something; throw what a failure tells. */
  public JsonObject change(String method, String path, JsonElement body) throws HiveSyncException {
    return call(method, path, body).good();
  }

  /** Make one call and give its answer, whatever its status; throw if none came. */
  public Answer call(String method, String path, JsonElement body) throws HiveSyncException {
    return send(Call.of(method, path, body));
  }

  public Answer send(Call call) throws HiveSyncException {
    try {
      return agent.send(call);
    } catch (AgentUnusableException unusable) {
      if (call.isLocal()) {
        throw unusable;
      }
    }
    if (!call.isSafe() && waiting.hasEarlierThan(call)) {
      throw new OfflineException(
        "An earlier change of this waits in the agent, which does not run. " +
          "Start it (`hivesync agent start`), then try again."
      );
    }
    return takeOver(call);
  }

  /** Give the way that a call would go now. */
  public Way way() {
    try {
      agent.check();
      return new Way(Mode.PROXY, "AGENT_READY", "");
    } catch (AgentUnusableException unusable) {
      Mode mode = direct.canBeUsed() ? Mode.DIRECT : Mode.NONE;
      return new Way(mode, unusable.reason().name(), unusable.getMessage());
    }
  }

  /** Drop connections and tokens. */
  public void forget() {
    agent.forget();
    direct.forget();
  }

  /** Send what the agent may have begun; while the backend is busy with that, it answers 409. */
  private Answer takeOver(Call call) throws HiveSyncException {
    long began = System.nanoTime();
    while (true) {
      Answer answer = direct.send(call);
      boolean isBusy = answer.status() == 409 && answer.headers().containsKey("retry-after");
      if (!isBusy || call.key().isEmpty() || System.nanoTime() - began > BUSY_NANOSECONDS) {
        return answer;
      }
      pause();
    }
  }

  private static void pause() throws OfflineException {
    try {
      Thread.sleep(BUSY_PAUSE_MILLISECONDS);
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw new OfflineException("It was cancelled.");
    }
  }
}
