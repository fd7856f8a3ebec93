/** Errors with a stable code, and the one place that turns any error into an answer. */
import { STATUS_OF, type Diagnostic, type ErrorCode, type Problem } from "./contract.gen.ts";
import { SettingsInvalid } from "./env.ts";
import { logLine } from "./log.ts";

/** A failure that its caller may handle. `detail` is for a person and never holds a secret. */
export class WorkerError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    readonly diagnostic: Diagnostic | null = null,
  ) {
    super(detail);
    this.name = "WorkerError";
  }

  get status(): number {
    return STATUS_OF[this.code];
  }
}

/** More than the tier of the preview's owner allows: all that it allows is in use. */
export class TierLimit extends WorkerError {
  constructor(
    detail: string,
    readonly limit: number,
  ) {
    super("TIER_LIMIT", detail);
  }
}

const TITLES: Record<number, string> = {
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  410: "Gone",
  413: "Content Too Large",
  422: "Unprocessable Content",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Give the answer for any error. What we did not foresee is logged by name and hidden from the caller. */
export function handleError(error: unknown, requestId: string): Response {
  const known = error instanceof WorkerError ? error : unforeseen(error, requestId);
  const problem: Problem = {
    type: "about:blank",
    title: TITLES[known.status] ?? "Error",
    status: known.status,
    code: known.code,
    detail: known.detail,
    request_id: requestId,
    errors: [],
    diagnostic: known.diagnostic,
    ...(known instanceof TierLimit && { limit: known.limit, used: known.limit, reset_at: null }),
  };
  return Response.json(problem, {
    status: known.status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-request-id": requestId,
    },
  });
}

function unforeseen(error: unknown, requestId: string): WorkerError {
  logLine("error", "request failed", { request_id: requestId, error: describe(error) });
  if (error instanceof SettingsInvalid) {
    return new WorkerError("INTERNAL_ERROR", `The Worker is not configured: ${error.message}`);
  }
  return new WorkerError("INTERNAL_ERROR", "Something went wrong in the Worker. Try again in a moment.");
}

/** Give an error's name and message, for a log. */
export function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
