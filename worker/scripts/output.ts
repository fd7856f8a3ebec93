/** Where built files go and how scripts for a browser are made. */
import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildOptions } from "esbuild";

export const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");
/** Everything static lies under one path, which no preview's own address can have. */
const STATIC = join(DIST, "assets", "-");

/** A preview is a development build: what goes wrong is said in full. */
export const SCRIPT = {
  absWorkingDir: ROOT,
  bundle: true,
  format: "iife",
  platform: "browser",
  target: ["es2022", "safari16"],
  minify: true,
  legalComments: "none",
  logLevel: "warning",
  define: { "process.env.NODE_ENV": '"development"', __DEV__: "true" },
} as const satisfies BuildOptions;

/**
 * The frame has an opaque origin, so its scripts are cross-origin: without CORS their errors would read
 * "Script error." They are the same for everybody and hold no secret.
 */
const HEADERS = `/-/*
  Cache-Control: public, max-age=31536000, immutable
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
  X-Content-Type-Options: nosniff
`;

export async function clear(): Promise<void> {
  await rm(DIST, { recursive: true, force: true });
  await mkdir(STATIC, { recursive: true });
  await writeFile(join(DIST, "assets", "_headers"), HEADERS);
}

/** Write a static file under a name that changes with its content, so that it is cached for ever. */
export async function publish(name: string, text: string): Promise<string> {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const file = name.replace(/(\.[a-z]+)$/, `.${hash}$1`);
  await writeFile(join(STATIC, file), text);
  return `/-/${file}`;
}

/** Tell the Worker what it serves. */
export async function describe(phone: object): Promise<void> {
  await writeFile(join(DIST, "phone.json"), JSON.stringify(phone, null, 2));
}
