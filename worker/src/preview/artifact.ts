/** What a finished build looks like to the phone. Types only: the phone's code shares this file. */
import type { CallbackError, Diagnostic, PreviewKind } from "../contract.gen.ts";

/** A file that the page may show, by the path it has on the project's own dev server. */
export interface Asset {
  readonly url: string;
  readonly sha256: string;
  readonly size: number;
  /** Hash that names the stored object in which its bytes lie, and where in it they begin. */
  readonly object: string;
  readonly offset: number;
  readonly type: string;
  /** Needed at once; the others are fetched when the app asks for them. */
  readonly eager: boolean;
}

export interface ClassicScript {
  /** Inline code, or the address of a script on another server. */
  readonly code?: string;
  readonly src?: string;
}

/** The project's HTML, without its module scripts and local style sheets: those are in the bundle. */
export interface Page {
  readonly title: string;
  readonly htmlAttributes: Readonly<Record<string, string>>;
  readonly bodyAttributes: Readonly<Record<string, string>>;
  readonly head: string;
  readonly body: string;
  readonly classicScripts: readonly ClassicScript[];
}

/** Object `artifact.json` of a version. Names in `script`, `style` and `sourceMap` are of the same folder. */
export interface Artifact {
  readonly schema: 1;
  readonly preview_id: string;
  readonly version: number;
  readonly kind: PreviewKind;
  readonly page: Page;
  readonly preludes: readonly string[];
  readonly script: string;
  readonly style: string | null;
  readonly sourceMap: string;
  readonly assets: readonly Asset[];
  readonly warnings: readonly Diagnostic[];
}

/** Object `current.json` of a preview: the newest finished version, and the newest that can be shown. */
export interface Current {
  readonly schema: 1;
  readonly version: number;
  readonly state: "ready" | "failed";
  readonly ready_version: number | null;
  readonly error: CallbackError | null;
}

/** What the phone page is told: `building` until a first version is finished. */
export type CurrentAnswer = Current | { readonly schema: 1; readonly version: 0; readonly state: "building" };
