package dev.hivesync.core;

/** No agent has answered the call: it may go another way, under the same key. */
public final class AgentUnusableException extends HiveSyncException {

  private static final long serialVersionUID = 1L;

  /** Why an agent can't be used, in the words that every client of HiveSync uses. */
  public enum Reason {
    AGENT_ABSENT,
    AGENT_INVALID,
    AGENT_STALE,
    AGENT_UNPROVEN,
    AGENT_TOO_NEW,
    AGENT_TOO_OLD,
    AGENT_OF_OTHER_SERVER
  }

  private final Reason reason;

  public AgentUnusableException(Reason reason, String detail) {
    super(UNREACHABLE, detail);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** Tell whether starting it would help; another one would be as much too new. */
  public boolean canBeStarted() {
    return reason == Reason.AGENT_ABSENT || reason == Reason.AGENT_STALE;
  }

  static AgentUnusableException absent() {
    return new AgentUnusableException(Reason.AGENT_ABSENT, "The agent does not run; `hivesync agent start` starts it.");
  }

  static AgentUnusableException damaged(String detail) {
    return new AgentUnusableException(Reason.AGENT_INVALID, detail);
  }
}
