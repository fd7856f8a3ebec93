/** What the page and the frame say to each other. Only plain data; the token never goes to the frame. */
import type { Page } from "../src/preview/artifact.ts";

export interface AssetBytes {
  readonly url: string;
  readonly type: string;
  readonly bytes: ArrayBuffer;
}

/** Everything that the frame needs to show one version. */
export interface Program {
  readonly page: Page;
  readonly preludes: readonly string[];
  readonly script: string;
  readonly style: string | null;
  readonly assets: readonly AssetBytes[];
  /** Addresses of assets that can still be asked for. */
  readonly more: readonly string[];
}

export type ToFrame =
  | { readonly type: "load"; readonly program: Program }
  | { readonly type: "asset"; readonly url: string; readonly asset: AssetBytes | null };

/** A place in the bundle; the page finds the place in the source. */
export interface RuntimeError {
  readonly message: string;
  readonly stack: string;
}

export type ConsoleLevel = "log" | "info" | "warn" | "error" | "debug";

export type FromFrame =
  | { readonly type: "rendered" }
  | { readonly type: "error"; readonly error: RuntimeError }
  | { readonly type: "console"; readonly level: ConsoleLevel; readonly text: string }
  | { readonly type: "need"; readonly url: string }
  | { readonly type: "open"; readonly href: string };

/** First words of the frame to the page; the answer carries the port for everything else. */
export const HELLO = "hivesync-frame-hello";
export const PORT = "hivesync-frame-port";

/** Name of the bundle in stack traces. */
export const BUNDLE_NAME = "hivesync-app.js";
