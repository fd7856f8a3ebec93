/**
 * A sign-in of the editor's own (RFC 8628), for machines without the `hivesync` command. The refresh token lies in
 * the editor's secret storage, under the backend that gave it, and goes to that backend only.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { newCall } from "./call.ts";
import type { DirectLink } from "./direct_link.ts";
import { HiveSyncError } from "./errors.ts";
import { decoded, type Answer } from "./exchange.ts";
import { isObject, parseJson, type JsonObject } from "./json.ts";
import type { OwnSession } from "./tokens.ts";

/** The editor's secret storage. */
export interface Secrets {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface DeviceCode {
  userCode: string;
  link: string;
  deviceCode: string;
  interval: number;
  expiresIn: number;
}

const CLIENT_ID = "hivesync-cli";
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const SLOW_DOWN_SECONDS = 5;
const REFUSALS: Readonly<Record<string, string>> = {
  access_denied: "The sign-in was refused in the browser.",
  expired_token: "The code has expired before it was confirmed; start again.",
};

export class StoredSession implements OwnSession {
  readonly #secrets: Secrets;
  readonly #backend: DirectLink;
  readonly #key: string;

  constructor(secrets: Secrets, backend: DirectLink) {
    this.#secrets = secrets;
    this.#backend = backend;
    this.#key = `session ${backend.origin}`;
  }

  async renew(): Promise<{ token: string; seconds: number } | undefined> {
    // Read each time: another window may have put a successor there.
    const refresh = await this.#secrets.get(this.#key);
    if (refresh === undefined) {
      return undefined;
    }
    const answer = await this.#post("/api/v1/auth/refresh", { refresh_token: refresh });
    if (answer.status === 401) {
      // What another window has just put there is not ours to delete.
      if ((await this.#secrets.get(this.#key)) === refresh) {
        await this.#secrets.delete(this.#key);
      }
      return undefined;
    }
    return this.#keep(decoded(answer));
  }

  /** Ask for a user code and a link. */
  async start(): Promise<DeviceCode> {
    const answer = decoded(await this.#form("/api/v1/auth/device/code", { client_id: CLIENT_ID }));
    return {
      userCode: text(answer, "user_code"),
      link: text(answer, "verification_uri_complete"),
      deviceCode: text(answer, "device_code"),
      interval: seconds(answer, "interval"),
      expiresIn: seconds(answer, "expires_in"),
    };
  }

  /** Wait until the user has confirmed, at the pace the backend asks for. */
  async finish(code: DeviceCode, signal: AbortSignal): Promise<void> {
    const form = { grant_type: GRANT, device_code: code.deviceCode, client_id: CLIENT_ID };
    const end = Date.now() + code.expiresIn * 1000;
    let interval = code.interval;
    while (Date.now() < end) {
      await sleep(interval * 1000, undefined, { signal });
      const answer = await this.#form("/api/v1/auth/device/token", form);
      if (answer.status === 200) {
        await this.#keep(decoded(answer));
        return;
      }
      const error = oauthError(answer);
      if (error === "slow_down") {
        interval += SLOW_DOWN_SECONDS;
      } else if (error !== "authorization_pending") {
        throw refusal(error);
      }
    }
    throw refusal("expired_token");
  }

  /** End the session here, and at the backend; false if there was none. */
  async end(): Promise<boolean> {
    const refresh = await this.#secrets.get(this.#key);
    if (refresh === undefined) {
      return false;
    }
    await this.#secrets.delete(this.#key);
    decoded(await this.#post("/api/v1/auth/logout", { refresh_token: refresh }));
    return true;
  }

  async #keep(pair: unknown): Promise<{ token: string; seconds: number }> {
    // Stored before the access token is used: that use retires the refresh token before it.
    await this.#secrets.set(this.#key, text(pair, "refresh_token"));
    return { token: text(pair, "access_token"), seconds: seconds(pair, "expires_in") };
  }

  #post(path: string, body: unknown): Promise<Answer> {
    return this.#backend.requestPublic(newCall("POST", path, { body }));
  }

  #form(path: string, fields: Record<string, string>): Promise<Answer> {
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const body = Buffer.from(new URLSearchParams(fields).toString());
    return this.#backend.requestPublic(newCall("POST", path, { body, headers }));
  }
}

function oauthError(answer: Answer): string {
  const content = parseJson(answer.body.toString("utf8"));
  if (answer.status === 400 && isObject(content) && typeof content["error"] === "string") {
    return content["error"];
  }
  decoded(answer);
  return "invalid_request";
}

function refusal(error: string): HiveSyncError {
  return new HiveSyncError("AUTH_INVALID", REFUSALS[error] ?? `The sign-in failed (${error}).`, {
    status: 401,
  });
}

function member(answer: unknown, name: string): JsonObject[string] {
  return isObject(answer) ? answer[name] : undefined;
}

function text(answer: unknown, name: string): string {
  const value = member(answer, name);
  if (typeof value !== "string") {
    throw new HiveSyncError("INTERNAL_ERROR", `The answer of the sign-in has no '${name}'.`);
  }
  return value;
}

function seconds(answer: unknown, name: string): number {
  const value = member(answer, name);
  return typeof value === "number" && value > 0 ? value : 5;
}
