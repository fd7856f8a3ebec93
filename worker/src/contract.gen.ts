// Generated from hivesync_contract by `make generate`; do not edit.

/** `GET /?nonce=…`: who listens, and the proof that it knows the discovery token. */
export interface AgentProof {
  product: string;
  version: string;
  protocol: ProtocolRange;
  instance_id: string;
  proof: string;
}

/** `GET /v1/status`. `upstream_latency_ms` is that of the last health check. */
export interface AgentStatus {
  version: string;
  protocol: ProtocolRange;
  pid: number;
  uptime_seconds: number;
  server_url: string;
  profile: string;
  signed_in: boolean;
  online: boolean;
  paused: boolean;
  tier: Tier | null;
  user: User | null;
  upstream_latency_ms: number | null;
  queued_operations: number;
  pending_previews: number;
  clients: ConnectedClient[];
}

/** Body of `POST /workers/callback`; `result` is set on a FAIL too, as far as it is known. */
export interface Callback {
  job_id: string;
  kind: JobKind;
  status: JobStatus;
  attempt: number;
  artifact_keys?: string[];
  logs_key?: string | null;
  result?: PreviewResult | null;
  error?: CallbackError | null;
}

/** Why a job failed. `message`, `file`, `line` and `column` are the first diagnostic's. */
export interface CallbackError {
  code: ErrorCode;
  message: string;
  file?: string | null;
  line?: number | null;
  column?: number | null;
  frame?: string | null;
  hint?: string | null;
}

/** A program that has called the agent. `last_seen_seconds` ago. */
export interface ConnectedClient {
  name: string;
  version: string;
  last_seen_seconds: number;
}

/** Answer of `POST /auth/device/code` (RFC 8628 §3.2). Times in seconds. */
export interface DeviceCode {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

/** A place in the user's source and what is wrong there. `line` and `column` count from 1. */
export interface Diagnostic {
  message: string;
  file?: string | null;
  line?: number | null;
  column?: number | null;
  frame?: string | null;
  hint?: string | null;
}

/** Content of `desktop-agent.json`. `token` is a secret of this machine and user, new on every start. */
export interface DiscoveryFile {
  pid: number;
  port: number;
  url: string;
  token: string;
  instance_id: string;
  version: string;
  protocol: ProtocolRange;
  profile: string;
  started_at: string;
  schema?: 1;
}

/** Stable codes; a client may branch on them, so none is ever renamed or reused. */
export type ErrorCode = "AI_JOB_FAILED" | "AUTH_EXPIRED" | "AUTH_INVALID" | "AUTH_REQUIRED" | "CONFLICT" | "FORBIDDEN" | "IDEMPOTENCY_CONFLICT" | "INTERNAL_ERROR" | "KEYCHAIN_LOCKED" | "KEYCHAIN_UNAVAILABLE" | "NOT_FOUND" | "OFFLINE_QUEUED" | "PAYLOAD_TOO_LARGE" | "PRECONDITION_FAILED" | "PREVIEW_BUILD_FAILED" | "PREVIEW_EXPIRED" | "PREVIEW_UNSUPPORTED" | "PROTOCOL_UNSUPPORTED" | "RATE_LIMITED" | "SOURCE_CHANGED" | "STORAGE_FULL" | "TIER_LIMIT" | "UPSTREAM_UNREACHABLE" | "VALIDATION_ERROR" | "WORKER_SIGNATURE_INVALID" | "WORKER_TIMEOUT";

/** What is wrong with one field of the input. `field` is a dotted path, empty for the body itself. */
export interface FieldError {
  field: string;
  message: string;
}

/** One file of a manifest. `path` is relative to the project root, `/`-separated, NFC; `sha256` is hex. */
export interface FileEntry {
  path: string;
  size: number;
  sha256: string;
}

/** One missing file, sent by `PUT` with exactly these headers. */
export interface FileUpload {
  url: string;
  sha256: string;
  size: number;
  headers?: Record<string, string>;
}

/** `GET /health`. `upload_origins`: the only places for uploads and room sockets. */
export interface Health {
  status: "ok";
  version: string;
  env: "local" | "production" | "staging";
  upload_origins: string[];
}

/** Body of `POST {WORKER_URL}/jobs`. `job_id` is applied once; `attempt` counts from 1. */
export interface Job {
  job_id: string;
  kind: JobKind;
  attempt: number;
  tier: Tier;
  preview?: PreviewBuild | null;
}

export type JobKind = "ai.docs" | "preview.build";

export type JobStatus = "FAIL" | "SUCCESS";

/** Where the session can be kept. Locked is not missing: the user can unlock it. */
export type KeychainState = "locked" | "missing" | "ok" | "timeout";

/** A preview as the agent follows it. `preview_url` and the codes are empty until the backend knows it. */
export interface LocalPreview {
  id: string;
  state: PreviewState;
  root: string;
  entry: string;
  project_id?: string;
  preview_id?: string;
  version?: number;
  preview_url?: string;
  qr_svg?: string;
  qr_png?: string;
  qr_text?: string;
  uploaded_bytes?: number;
  total_bytes?: number;
  error?: PreviewError | null;
  skipped?: string[];
}

/**
 * `POST /v1/previews`. `path` is absolute: a project's folder or a file in it.
 *
 * `entry` is relative to the project's root; without it the agent finds one.
 */
export interface LocalPreviewCreate {
  path: string;
  entry?: string | null;
  platform?: Platform;
  live?: boolean;
}

/** A folder of this machine that is linked to a project of the backend. `id` is the project's. */
export interface LocalProject {
  id: string;
  root: string;
  name: string;
}

/** `GET /v1/projects/{id}/files`: what a preview of this project would send, and what it leaves out. */
export interface LocalProjectFiles {
  id: string;
  root: string;
  files: FileEntry[];
  skipped?: string[];
}

/** A device-code sign-in that waits for the user. `expires_in` in seconds. */
export interface LoginPending {
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
}

/** `POST /auth/login`. `login` is an email address or a username; `email` is accepted for it. */
export interface LoginRequest {
  password: string;
  login?: string | null;
  email?: string | null;
}

/** `POST /v1/session/login`: empty for a device-code sign-in, or both for a headless machine. */
export interface LoginStart {
  login?: string | null;
  password?: string | null;
}

/** Error body of `device/*` (RFC 6749 §5.2), where clients expect it instead of a problem. */
export interface OAuthError {
  error: string;
  error_description?: string;
}

/** An uploaded pack: the bytes of these files, one after another; sizes stand in the manifest. */
export interface Pack {
  key: string;
  sha256s: string[];
}

/** Small missing files in one object: their bytes one after another, in the order of `sha256s`. */
export interface PackUpload {
  url: string;
  sha256s: string[];
  size: number;
}

/** Which platform's files win (`button.ios.tsx` over `button.tsx`). */
export type Platform = "android" | "ios" | "web";

/** A preview. `preview_url` is the phone link, with its token in the fragment. */
export interface Preview {
  id: string;
  project_id: string;
  version: number;
  kind: PreviewKind;
  state: PreviewState;
  title: string;
  entry: string;
  platform: Platform;
  preview_url: string;
  created_at: string;
  expires_at: string;
  ready_at?: string | null;
  error?: PreviewError | null;
}

/** Payload of a `preview.build` job: keys, never contents (a queue message holds 128 KB). */
export interface PreviewBuild {
  preview_id: string;
  project_id: string;
  version: number;
  manifest_key: string;
}

/**
 * Claims of a preview token. `exp` is in seconds since 1970.
 *
 * `use` is `open` in the link (ten minutes, any device) and `device` in the token the page gets for
 * it (as long as the preview, one device, named by `device_id`).
 */
export interface PreviewClaims {
  preview_id: string;
  project_id: string;
  user_id: string;
  version: number;
  platform: Platform;
  tier: Tier;
  role: PreviewRole;
  exp: number;
  expires_at: number;
  use?: "device" | "open";
  device_id?: string | null;
}

/**
 * `POST /projects/{id}/previews`: the whole manifest; the answer says which hashes are missing.
 *
 * `env` holds only values that are public by their tool's rule (`VITE_*`, `EXPO_PUBLIC_*`).
 */
export interface PreviewCreate {
  kind: PreviewKind;
  entry: string;
  files: FileEntry[];
  platform?: Platform;
  title?: string;
  env?: Record<string, string>;
}

/** Answer of `POST /projects/{id}/previews`. After the uploads: `POST …/previews/{id}/complete`. */
export interface PreviewCreated {
  preview: Preview;
  uploads: UploadPlan;
}

/** Why a preview failed; `diagnostic` points into the source where that is known. */
export interface PreviewError {
  code: ErrorCode;
  message: string;
  diagnostic?: Diagnostic | null;
}

/** `preview.state`: the preview as it now is. */
export interface PreviewEvent {
  preview: Preview;
}

/** What the source is, found by the agent. `web` has an index.html entry, with or without a framework. */
export type PreviewKind = "component" | "image" | "markdown" | "react_native" | "web";

/** `preview.progress`, from the agent only: a preview it makes, from `preparing` on. */
export interface PreviewProgressEvent {
  preview: LocalPreview;
}

/**
 * Result of a `preview.build`. `sources_stored`: every file of the manifest is now under `sources/`,
 * its bytes checked against its hash, so that the next manifest need not send it.
 */
export interface PreviewResult {
  sources_stored: boolean;
  artifact_bytes: number;
  warnings?: Diagnostic[];
}

/** A viewer looks; a publisher (the agent) may also push sources to a live preview. */
export type PreviewRole = "publisher" | "viewer";

/** `preparing` exists only in the agent; a preview of the backend starts as `uploading`. */
export type PreviewState = "building" | "failed" | "preparing" | "ready" | "uploading";

/** The body of every error: RFC 9457 `application/problem+json`, with our `code` and `request_id`. */
export interface Problem {
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  request_id?: string;
  type?: string;
  errors?: FieldError[];
  diagnostic?: Diagnostic | null;
  limit?: number | null;
  used?: number | null;
  reset_at?: string | null;
}

/** A project, as its members see it. */
export interface Project {
  id: string;
  name: string;
  description: string;
  owner_id: string;
  created_at: string;
  updated_at: string;
}

/** `POST /projects`. `name`: 1–120 characters. */
export interface ProjectCreate {
  name: string;
  description?: string;
}

/** Versions of the local protocol that an agent speaks, both ends included. */
export interface ProtocolRange {
  min: number;
  max: number;
}

/** `POST /auth/refresh` and `POST /auth/logout`. */
export interface RefreshRequest {
  refresh_token: string;
}

/** `POST /auth/register`. `username`: 3–32 of `a-z 0-9 _ -`; `password`: 10–256 characters. */
export interface RegisterRequest {
  email: string;
  username: string;
  password: string;
}

/** `reset`: events were missed and can't be had again; fetch what you show anew. */
export interface ResetEvent {
  at: string;
}

/** `GET /v1/session`, and the answer of a sign-in. `error` says why the last sign-in ended without one. */
export interface Session {
  signed_in: boolean;
  server_url: string;
  profile: string;
  keychain: KeychainState;
  stored_in: SessionStore;
  user?: User | null;
  pending?: LoginPending | null;
  error?: string | null;
}

/** `session.changed`: signed in, out, or signed out by the server. */
export interface SessionEvent {
  signed_in: boolean;
  reason: string;
}

/** Where the refresh token of this session is: `memory` ends with the agent, `file` only if asked for. */
export type SessionStore = "file" | "keychain" | "memory" | "none";

/**
 * Object `previews/{preview_id}/v{n}/manifest.json`: all that a build needs to know.
 *
 * A file is read from the pack that lists its hash, else from `sources/{project_id}/{sha256}`.
 */
export interface SourceManifest {
  kind: PreviewKind;
  entry: string;
  platform: Platform;
  title: string;
  files: FileEntry[];
  packs: Pack[];
  env: Record<string, string>;
  schema?: 1;
}

export type Tier = "free" | "premium" | "pro";

/** A signed-in session. `expires_in` is the access token's life in seconds (≤ 900). */
export interface TokenPair {
  access_token: string;
  expires_in: number;
  refresh_token: string;
  token_type?: "Bearer";
}

/** What the backend does not have yet. Presigned URLs live 15 minutes; both lists may be empty. */
export interface UploadPlan {
  packs: PackUpload[];
  files: FileUpload[];
}

/** `GET /auth/me`. */
export interface User {
  id: string;
  email: string;
  username: string;
  tier: Tier;
  is_admin: boolean;
  email_verified: boolean;
  created_at: string;
}

export const LIMITS = {
  SOURCE_TEXT_BYTES: 2097152,
  PACKED_FILE_BYTES: 65536,
  MANIFEST_FILES: 5000,
  PATH_BYTES: 1024,
  INLINE_PREVIEW_BYTES: 262144,
  SIGNATURE_TOLERANCE_SECONDS: 300,
  PREVIEW_OPEN_SECONDS: 600,
  PREVIEW_LIFETIME_SECONDS: 86400,
  ACCESS_TOKEN_SECONDS: 900,
} as const;

export const HEADERS = {
  AGENT: "X-HiveSync-Agent",
  CLIENT: "X-HiveSync-Client",
  PROTOCOL: "X-HiveSync-Protocol",
  REQUEST_ID: "X-Request-ID",
  IDEMPOTENCY_KEY: "Idempotency-Key",
  WEBHOOK_ID: "webhook-id",
  WEBHOOK_TIMESTAMP: "webhook-timestamp",
  WEBHOOK_SIGNATURE: "webhook-signature",
} as const;

export const PROTOCOL = {
  MIN: 1,
  MAX: 1,
} as const;

export const PREVIEW_TOKEN = {
  ALGORITHM: "HS256",
  KEY_INFO: "hivesync/preview/v1",
} as const;

export const STATUS_OF: Record<ErrorCode, number> = {
  AUTH_REQUIRED: 401,
  AUTH_INVALID: 401,
  AUTH_EXPIRED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  VALIDATION_ERROR: 422,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  IDEMPOTENCY_CONFLICT: 422,
  RATE_LIMITED: 429,
  TIER_LIMIT: 402,
  PAYLOAD_TOO_LARGE: 413,
  PREVIEW_UNSUPPORTED: 422,
  PREVIEW_BUILD_FAILED: 422,
  PREVIEW_EXPIRED: 410,
  SOURCE_CHANGED: 409,
  AI_JOB_FAILED: 502,
  WORKER_SIGNATURE_INVALID: 401,
  WORKER_TIMEOUT: 504,
  UPSTREAM_UNREACHABLE: 503,
  OFFLINE_QUEUED: 202,
  KEYCHAIN_UNAVAILABLE: 503,
  KEYCHAIN_LOCKED: 503,
  PROTOCOL_UNSUPPORTED: 400,
  STORAGE_FULL: 507,
  INTERNAL_ERROR: 500,
};
