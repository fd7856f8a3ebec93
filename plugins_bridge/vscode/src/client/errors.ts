/** What can go wrong on the way to HiveSync: the wire's own codes, and a sentence that a person can act on. */

export interface ErrorFacts {
  status?: number;
  retryAfterSeconds?: number;
  requestId?: string;
  body?: unknown;
}

/** `message` is for people and never holds a secret; programs branch on `code`. */
export class HiveSyncError extends Error {
  readonly code: string;
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
  readonly requestId: string;
  readonly body: unknown;

  constructor(code: string, message: string, facts: ErrorFacts = {}) {
    super(message);
    this.name = "HiveSyncError";
    this.code = code;
    this.status = facts.status ?? 0;
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.requestId = facts.requestId ?? "";
    this.body = facts.body;
  }
}

/** Why an agent can't be used now. */
export type AgentReason =
  | "AGENT_ABSENT"
  | "AGENT_UNTRUSTED"
  | "AGENT_STALE"
  | "AGENT_UNPROVEN"
  | "AGENT_TOO_NEW"
  | "AGENT_TOO_OLD"
  | "AGENT_OF_ANOTHER_BACKEND"
  | "AGENT_ENDED";

/** There is no agent to ask, so the call may go another way. */
export class AgentAbsent extends HiveSyncError {
  readonly reason: AgentReason;

  constructor(reason: AgentReason, message: string, code = "UPSTREAM_UNREACHABLE") {
    super(code, message);
    this.reason = reason;
  }
}

/** Tell whether an agent runs that can't be used before one side is updated: to start one would change nothing. */
export function needsUpdate(reason: string): boolean {
  return reason === "AGENT_TOO_NEW" || reason === "AGENT_TOO_OLD";
}

/** There is an agent, but it serves another backend than the one that is meant; going around it would hide that. */
export class AgentUnfit extends HiveSyncError {
  readonly reason: "AGENT_OF_ANOTHER_BACKEND";

  constructor(message: string) {
    super("VALIDATION_ERROR", message);
    this.reason = "AGENT_OF_ANOTHER_BACKEND";
  }
}

/** Nobody answered, or too late. */
export class Offline extends HiveSyncError {
  constructor(message: string) {
    super("UPSTREAM_UNREACHABLE", message);
  }
}

/** Nobody is signed in. */
export class SignedOut extends HiveSyncError {
  constructor(message = "You are not signed in.") {
    super("AUTH_REQUIRED", message, { status: 401 });
  }
}

/** Give any failure as one of ours, so that whoever shows it needs one case. */
export function asHiveSyncError(error: unknown): HiveSyncError {
  if (error instanceof HiveSyncError) {
    return error;
  }
  return new HiveSyncError("INTERNAL_ERROR", error instanceof Error ? error.message : String(error));
}
