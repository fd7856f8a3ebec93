/** One request and its answer over Node's own HTTP. Follows no redirect, since it could carry a token elsewhere. */
import { request as plainRequest, type Agent, type ClientRequest, type IncomingMessage } from "node:http";
import { request as secureRequest } from "node:https";
import { HiveSyncError } from "./errors.ts";
import { isObject, parseJson } from "./json.ts";

export interface Outgoing {
  origin: string;
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: Buffer | undefined;
  agent?: Agent;
  /** For how long the other side may be silent. */
  silenceMs: number;
  /** Sent a second time, it does nothing twice. */
  isReplayable: boolean;
  signal?: AbortSignal | undefined;
}

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** The longest answer that is kept in memory. */
const ANSWER_MAX_BYTES = 16 * 1024 * 1024;

const OUT_OF_DATE = "its certificate is not valid today; is the date on this machine right?";
const NOT_TRUSTED = "its certificate is from nobody whom this machine trusts";
/** What Node's codes mean, as far as a person can do something. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens at its address",
  ENOTFOUND: "its name is not known here",
  EAI_AGAIN: "its name can't be looked up; is there a network?",
  ENETUNREACH: "there is no network",
  CERT_HAS_EXPIRED: OUT_OF_DATE,
  CERT_NOT_YET_VALID: OUT_OF_DATE,
  DEPTH_ZERO_SELF_SIGNED_CERT: NOT_TRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: NOT_TRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_TRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
};

/** No answer came, or only a part of it; the request may have arrived. */
export class ConnectionLost extends Error {
  readonly isTimeout: boolean;

  constructor(message: string, isTimeout: boolean) {
    super(message);
    this.isTimeout = isTimeout;
  }
}

/** Send, and give the answer while its body still comes; reject with `ConnectionLost`, or what `agent` threw. */
export async function send(outgoing: Outgoing): Promise<IncomingMessage> {
  for (;;) {
    const request = started(outgoing);
    try {
      return await answerOf(request, outgoing);
    } catch (error) {
      // The other side may have closed an idle connection just now. It has left the pool, so this comes to an end.
      const wasIdle = request.reusedSocket && error instanceof ConnectionLost && !error.isTimeout;
      if (!wasIdle || !outgoing.isReplayable) {
        throw error;
      }
    }
  }
}

function answerOf(request: ClientRequest, outgoing: Outgoing): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.setTimeout(outgoing.silenceMs, () => {
    request.destroy(new ConnectionLost("it took too long to answer", true));
  });
  request.on("response", resolve);
  request.on("error", (error) => {
    reject(lost(error));
  });
  request.end(outgoing.body);
  return promise;
}

/** Send, and give the whole answer; reject likewise. */
export async function exchange(outgoing: Outgoing): Promise<Answer> {
  const response = await send(outgoing);
  return { status: response.statusCode ?? 0, headers: response.headers, body: await bodyOf(response) };
}

/** Read a body to its end, up to what memory should hold. */
export async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > ANSWER_MAX_BYTES) {
        throw new HiveSyncError("PAYLOAD_TOO_LARGE", "The answer is longer than an editor can take.");
      }
      parts.push(part);
    }
  } catch (error) {
    throw lost(error);
  }
  return Buffer.concat(parts);
}

/** Give the decoded body of a good answer; throw the error that a bad one carries. */
export function decoded(answer: Answer): unknown {
  raiseForStatus(answer);
  if (answer.body.length === 0) {
    return undefined;
  }
  const content = parseJson(answer.body.toString("utf8"));
  if (content === undefined) {
    throw new HiveSyncError("INTERNAL_ERROR", "The answer can't be read.", { status: 502 });
  }
  return content;
}

/** Give one header's value. */
export function headerOf(answer: Pick<Answer, "headers">, name: string): string {
  const value = answer.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}

/** Give the seconds of `Retry-After`, undefined if it is absent or a date. */
export function retryAfterOf(answer: Pick<Answer, "headers">): number | undefined {
  const value = headerOf(answer, "retry-after");
  return /^\d{1,6}$/u.test(value) ? Number(value) : undefined;
}

function raiseForStatus(answer: Answer): void {
  const isProblem = headerOf(answer, "content-type").startsWith("application/problem+json");
  if (answer.status < 300 && !isProblem) {
    return;
  }
  throw problemOf(answer);
}

function problemOf(answer: Answer): HiveSyncError {
  const content = parseJson(answer.body.toString("utf8"));
  const problem = isObject(content) ? content : {};
  const text = (name: string): string => (typeof problem[name] === "string" ? problem[name] : "");
  const retryAfter = retryAfterOf(answer);
  const message = text("detail") || text("title") || `The answer was status ${String(answer.status)}.`;
  return new HiveSyncError(text("code") || "INTERNAL_ERROR", message, {
    status: answer.status,
    requestId: text("request_id"),
    body: problem,
    ...(retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter }),
  });
}

function started(outgoing: Outgoing): ClientRequest {
  const url = new URL(outgoing.origin);
  const request = url.protocol === "https:" ? secureRequest : plainRequest;
  return request({
    hostname: url.hostname.replace(/^\[|\]$/gu, ""),
    ...(url.port ? { port: url.port } : {}),
    method: outgoing.method,
    path: outgoing.path,
    headers: {
      ...outgoing.headers,
      Host: url.host,
      ...(outgoing.body ? { "Content-Length": String(outgoing.body.length) } : {}),
    },
    ...(outgoing.agent ? { agent: outgoing.agent } : {}),
    ...(outgoing.signal ? { signal: outgoing.signal } : {}),
  });
}

function lost(error: unknown): Error {
  if (error instanceof HiveSyncError || error instanceof ConnectionLost) {
    return error;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = REASONS[code ?? ""];
  return new ConnectionLost(reason ? `${reason} (${code ?? ""})` : (code ?? message), false);
}
