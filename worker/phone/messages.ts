/** What the page and the frame say to each other. Only plain data; the token never goes to the frame. */
import type { Page } from "../src/preview/artifact.ts";
import type { LiveModule, LiveProgram } from "../src/preview/living/module.ts";
import type { ConsoleLevel } from "../src/room/messages.ts";
import type { Scroll } from "./frame/scroll.ts";

export interface AssetBytes {
  readonly url: string;
  readonly type: string;
  readonly bytes: ArrayBuffer;
}

/** A prelude's code, and the address by which stack traces name it. */
export interface PreludeCode {
  readonly url: string;
  readonly code: string;
}

/** Everything that the frame needs to show one version. */
export interface Program {
  /** The page's address on the project's own server, from which its relative addresses count. */
  readonly url: string;
  readonly page: Page;
  readonly preludes: readonly PreludeCode[];
  /** One script, or modules that later ones may replace. */
  readonly script: string | LiveProgram;
  readonly style: string | null;
  readonly assets: readonly AssetBytes[];
  /** Addresses of assets that can still be asked for. */
  readonly more: readonly string[];
  /** Where the app that it takes the place of was scrolled to. */
  readonly scroll: Scroll;
}

export type ToFrame =
  | { readonly type: "load"; readonly program: Program }
  | { readonly type: "update"; readonly seq: number; readonly modules: readonly LiveModule[] }
  | { readonly type: "asset"; readonly url: string; readonly asset: AssetBytes | null };

/** A place in the bundle; the page finds the place in the source. */
export interface RuntimeError {
  readonly message: string;
  readonly stack: string;
}

export type FromFrame =
  | { readonly type: "rendered" }
  /** The modules up to that number are on the screen, or the app must start anew to show them. */
  | { readonly type: "updated"; readonly seq: number }
  | { readonly type: "restart"; readonly seq: number; readonly scroll: Scroll }
  | { readonly type: "error"; readonly error: RuntimeError }
  | {
      readonly type: "console";
      readonly level: ConsoleLevel;
      readonly text: string;
      /** Where it was written, or "" while so much is written that nobody asks. */
      readonly stack: string;
    }
  | { readonly type: "need"; readonly url: string }
  | { readonly type: "open"; readonly href: string }
  /** A link to another page of the same site, as it stands there. */
  | { readonly type: "follow"; readonly href: string };

/** First words of the frame to the page; the answer carries the port for everything else. */
export const HELLO = "hivesync-frame-hello";
export const PORT = "hivesync-frame-port";

/** Name of the bundle in stack traces. */
export const BUNDLE_NAME = "hivesync-app.js";
