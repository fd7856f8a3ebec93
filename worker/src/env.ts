/**
 * The Worker's environment: unchecked bindings go in, checked settings come out, once per request.
 * Refuses to run half-configured: the first missing or short value is named.
 */
import type { JobLedger } from "./jobs/ledger.ts";
import type { QueuedJob } from "./jobs/queues.ts";
import type { JobTally } from "./jobs/tally.ts";
import type { PreviewRoom } from "./room/room.ts";

/** What wrangler hands over. Variables come from people, so every one of them may be missing. */
export interface Bindings {
  readonly R2: R2Bucket;
  readonly R2_LOGS: R2Bucket;
  readonly R2_ARTIFACTS: R2Bucket;
  readonly JOBS_FREE: Queue<QueuedJob>;
  readonly JOBS_PRO: Queue<QueuedJob>;
  readonly JOBS_PREMIUM: Queue<QueuedJob>;
  readonly AI_JOBS_FREE: Queue<QueuedJob>;
  readonly AI_JOBS_PRO: Queue<QueuedJob>;
  readonly AI_JOBS_PREMIUM: Queue<QueuedJob>;
  readonly JOB_LEDGER: DurableObjectNamespace<JobLedger>;
  readonly JOB_TALLY: DurableObjectNamespace<JobTally>;
  readonly ROOMS: DurableObjectNamespace<PreviewRoom>;
  readonly WORKER_SHARED_SECRET?: string;
  readonly WORKER_SHARED_SECRET_PREVIOUS?: string;
  readonly PREVIEW_TOKEN_SECRET?: string;
  readonly PREVIEW_TOKEN_SECRET_PREVIOUS?: string;
  readonly BACKEND_URL?: string;
  readonly AI?: Ai;
  readonly AI_ENGINE?: string;
  readonly AI_MODEL?: string;
  readonly AI_MODEL_PREMIUM?: string;
  readonly OPENAI_BASE_URL?: string;
  readonly OPENAI_API_KEY?: string;
}

/** A secret and, during a rotation, the one it replaces. New signatures use `current` only. */
export interface RotatingSecret {
  readonly current: string;
  readonly previous: string | undefined;
}

export interface Settings {
  readonly sharedSecret: RotatingSecret;
  readonly previewTokenSecret: {
    readonly current: string | undefined;
    readonly previous: string | undefined;
  };
  /** Without a slash at its end. */
  readonly backendUrl: string;
}

/** The Worker can't do its work as it is configured; the message names the variable, never its value. */
export class SettingsInvalid extends Error {}

const SECRET_LENGTH_MIN = 32;

export function readSettings(bindings: Bindings): Settings {
  return {
    sharedSecret: {
      current: requireSecret("WORKER_SHARED_SECRET", bindings.WORKER_SHARED_SECRET),
      previous: checkSecret("WORKER_SHARED_SECRET_PREVIOUS", bindings.WORKER_SHARED_SECRET_PREVIOUS),
    },
    previewTokenSecret: {
      current: checkSecret("PREVIEW_TOKEN_SECRET", bindings.PREVIEW_TOKEN_SECRET),
      previous: checkSecret("PREVIEW_TOKEN_SECRET_PREVIOUS", bindings.PREVIEW_TOKEN_SECRET_PREVIOUS),
    },
    backendUrl: backendUrl(bindings.BACKEND_URL),
  };
}

function requireSecret(name: string, value: string | undefined): string {
  const secret = checkSecret(name, value);
  if (secret === undefined) throw new SettingsInvalid(`${name} is not set.`);
  return secret;
}

/** An empty value counts as unset: that is what an untouched line of the template gives. */
function checkSecret(name: string, value: string | undefined): string | undefined {
  if (value === undefined || value === "") return undefined;
  if (value.length < SECRET_LENGTH_MIN) {
    throw new SettingsInvalid(`${name} must have at least ${SECRET_LENGTH_MIN} characters.`);
  }
  return value;
}

function backendUrl(backend: string | undefined): string {
  if (!backend) throw new SettingsInvalid("BACKEND_URL is not set.");
  const url = URL.parse(backend);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new SettingsInvalid("BACKEND_URL is not an http(s) address.");
  return backend.replace(/\/+$/, "");
}
