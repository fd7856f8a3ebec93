/** A finished preview, and what a phone sends to see it. */
import { env, exports } from "cloudflare:workers";
import { expect } from "vitest";
import { SignJWT } from "jose";
import type { PreviewBuild, PreviewClaims } from "../../src/contract.gen.ts";
import { buildVersion } from "../../src/preview/build.ts";
import { finishVersion } from "../../src/preview/current.ts";
import { loadSources } from "../../src/preview/sources.ts";
import { previewKey } from "../../src/tokens.ts";
import { store } from "./projects.ts";

export const ORIGIN = "https://worker.example";
export const DAY = 86_400;
export async function call(path: string, init?: RequestInit): Promise<Response> {
  return await exports.default.fetch(new Request(ORIGIN + path, init));
}

export async function token(build: PreviewBuild, changes: Partial<PreviewClaims> = {}): Promise<string> {
  const key = await previewKey(undefined, env.WORKER_SHARED_SECRET ?? "");
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    preview_id: build.preview_id,
    project_id: build.project_id,
    user_id: crypto.randomUUID(),
    version: 1,
    platform: "ios",
    tier: "free",
    role: "viewer",
    exp: now + 600,
    expires_at: now + DAY,
    use: "open",
    ...changes,
  };
  return new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: key.id }).sign(key.bytes);
}

export async function openPreview(build: PreviewBuild): Promise<Record<string, string>> {
  const body = JSON.stringify({ token: await token(build) });
  const response = await call(`/p/${build.preview_id}/session`, { method: "POST", body });
  expect(response.status).toBe(200);
  const { device_token } = await response.json<{ device_token: string }>();
  return { authorization: `Bearer ${device_token}` };
}

export async function built(secret: string): Promise<PreviewBuild> {
  const { build, manifest } = await store("web", "index.html", {
    "index.html": `<img src="bee.png"><script type="module">console.log("${secret}")</script>`,
    "bee.png": `picture of ${secret}`,
    "notes.md": `notes of ${secret}`,
    "src/unused.ts": `const ${secret} = 1`,
  });
  const { sources } = await loadSources(env.R2, build, manifest);
  await buildVersion(env.R2, build, manifest, sources);
  await finishVersion(env.R2, build.preview_id, 1, null);
  return build;
}
