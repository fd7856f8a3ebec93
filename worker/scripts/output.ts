/** Where built files go and how scripts for a browser are made. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { BuildOptions } from "esbuild";

export const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");
/** Everything static lies under one path, which no preview's own address can have. */
const STATIC = "assets/-";

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

const HEADERS = `/-/*
  Cache-Control: public, max-age=31536000, immutable
  Cross-Origin-Resource-Policy: same-origin
  X-Content-Type-Options: nosniff
`;

/** The finished `dist`. It is written as a whole, and what is there already is not touched. */
export class Output {
  readonly #files = new Map<string, string | Uint8Array>([["assets/_headers", HEADERS]]);

  /** Add a static file under a name that changes with its content, so that it is cached for ever. */
  publish(name: string, content: string | Uint8Array): string {
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
    const file = name.replace(/(\.[a-z]+)$/, `.${hash}$1`);
    this.#files.set(`${STATIC}/${file}`, content);
    return `/-/${file}`;
  }

  /** Tell the Worker what it serves. */
  describe(phone: object): void {
    this.#files.set("phone.json", JSON.stringify(phone, null, 2));
  }

  /** Add a module that the Worker imports. */
  include(name: string, text: string): void {
    this.#files.set(name, text);
  }

  /** A running `wrangler dev` restarts when a file changes, and a build that changes nothing must not do that. */
  async write(): Promise<void> {
    for (const [name, content] of this.#files) await writeIfNew(join(DIST, name), content);
    const present = await readdir(DIST, { recursive: true, withFileTypes: true });
    for (const entry of present) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !this.#files.has(relative(DIST, path).replaceAll("\\", "/"))) await rm(path);
    }
  }
}

async function writeIfNew(path: string, content: string | Uint8Array): Promise<void> {
  if ((await readFile(path).catch(() => null))?.equals(Buffer.from(content))) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
