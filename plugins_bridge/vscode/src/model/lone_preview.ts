/**
 * A preview without an agent: one file, straight to the backend. Uploads go only to the origins that the backend's
 * health answer lists, and never carry a token.
 */
import { createHash } from "node:crypto";
import { extname, posix } from "node:path";
import type { Client } from "../client/client.ts";
import { segment } from "../client/call.ts";
import { HiveSyncError } from "../client/errors.ts";
import { exchange } from "../client/exchange.ts";
import { allowedLink } from "../client/origin.ts";
import { LIMITS, type Platform, type Preview, type PreviewCreated } from "../contract.gen.ts";

import { ownOrigins } from "./own_origins.ts";

export interface LoneFile {
  projectId: string;
  name: string;
  content: Buffer;
  platform: Platform;
}

const KINDS: Readonly<Record<string, "markdown" | "image" | "component">> = {
  ".md": "markdown",
  ".svg": "image",
  ".png": "image",
  ".jpg": "image",
  ".jpeg": "image",
  ".gif": "image",
  ".webp": "image",
  ".tsx": "component",
  ".jsx": "component",
};
const UPLOAD_SILENCE_MS = 60_000;

/** Create the preview and send its file; the answer is still being built. */
export async function startLonePreview(
  client: Client,
  file: LoneFile,
  signal: AbortSignal,
): Promise<Preview> {
  const kind = KINDS[extname(file.name).toLowerCase()];
  if (kind === undefined) {
    throw new HiveSyncError(
      "PREVIEW_UNSUPPORTED",
      "Without the agent only a component (.tsx, .jsx), Markdown or an image can be previewed. Start the agent for a project.",
    );
  }
  if (file.content.length > LIMITS.INLINE_PREVIEW_BYTES) {
    throw new HiveSyncError(
      "PAYLOAD_TOO_LARGE",
      "Without the agent a file of up to 256 KB can be previewed.",
    );
  }
  const entry = posix.basename(file.name);
  const sha256 = createHash("sha256").update(file.content).digest("hex");
  const body = {
    kind,
    entry,
    files: [{ path: entry, size: file.content.length, sha256 }],
    platform: file.platform,
    title: entry,
  };
  const path = `/api/v1/projects/${segment(file.projectId)}/previews`;
  const created = await client.request<PreviewCreated>("POST", path, { body, signal });
  await upload(client, created, file.content, signal);
  return client.request<Preview>("POST", `${path}/${segment(created.preview.id)}/complete`, { signal });
}

async function upload(
  client: Client,
  { uploads }: PreviewCreated,
  content: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const puts = [...uploads.packs.map(({ url }) => ({ url, headers: {} })), ...uploads.files];
  if (puts.length === 0) {
    return; // the project has this very file already
  }
  const origins = await ownOrigins(client, signal);
  for (const { url, headers } of puts) {
    const allowed = allowedLink(url, origins);
    if (allowed === undefined) {
      throw new HiveSyncError("FORBIDDEN", "The backend named a place for the upload that is not its own.");
    }
    const target = new URL(allowed);
    const answer = await exchange({
      origin: target.origin,
      method: "PUT",
      path: target.pathname + target.search,
      headers: headers ?? {},
      body: content,
      silenceMs: UPLOAD_SILENCE_MS,
      isReplayable: true,
      signal,
    });
    if (answer.status >= 300) {
      throw new HiveSyncError(
        "UPSTREAM_UNREACHABLE",
        `The file store refused the upload (${String(answer.status)}).`,
      );
    }
  }
}
