/** One call, before it is known who answers it. Refuses a path that could name another host. */
import { randomUUID } from "node:crypto";
import { HiveSyncError } from "./errors.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Call {
  readonly method: Method;
  /** `/api/v1/…` is the backend's, `/v1/…` the agent's own. May hold a query. */
  readonly path: string;
  readonly body: Buffer | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export interface CallOptions {
  body?: unknown;
  query?: Readonly<Record<string, string | number | undefined>>;
  headers?: Readonly<Record<string, string>>;
}

const PATH = /^\/(?!\/)[!-~]*$/u;
const METHODS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Give a call with its body encoded; one that changes something gets an `Idempotency-Key`. */
export function newCall(method: string, path: string, options: CallOptions = {}): Call {
  if (!METHODS.includes(method) || !PATH.test(path) || /[\\#]/u.test(path)) {
    throw new HiveSyncError("VALIDATION_ERROR", `${method} ${path} is no call of the API.`);
  }
  const { body } = options;
  return {
    method: method as Method,
    path: path + queryOf(options.query ?? {}),
    body: body === undefined || body === null ? undefined : encoded(body),
    headers: {
      Accept: "application/json",
      ...(body === undefined || body === null ? {} : { "Content-Type": "application/json" }),
      ...(method === "GET" ? {} : { "Idempotency-Key": randomUUID() }),
      ...options.headers,
    },
  };
}

/** Tell whether only the agent can answer it. */
export function isLocal(call: Call): boolean {
  return !call.path.startsWith("/api/");
}

/** Tell whether sending it a second time can't do anything twice. */
export function isReplayable(call: Call): boolean {
  return call.method === "GET" || "Idempotency-Key" in call.headers;
}

/** Give one segment of a path, whatever it holds. */
export function segment(value: string): string {
  return encodeURIComponent(value);
}

function encoded(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body), "utf8");
}

function queryOf(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) {
      given.append(name, String(value));
    }
  }
  const text = given.toString();
  return text && `?${text}`;
}
