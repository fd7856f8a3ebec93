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

/** What a frame runs. Names in `script`, `style` and `sourceMap` are of the version's folder. */
export interface Shown {
  /** Its address on the project's own server, by which links between pages find it. */
  readonly url: string;
  readonly page: Page;
  readonly preludes: readonly string[];
  readonly script: string;
  readonly style: string | null;
  readonly sourceMap: string;
}

/** A page that links of the first one lead to, directly or over others. */
export interface LinkedPage extends Shown {
  /** Addresses of the assets that it needs at once. */
  readonly eager: readonly string[];
}

/** Object `artifact.json` of a version: its first page, and those that follow. */
export interface Artifact extends Shown {
  readonly schema: 1;
  readonly preview_id: string;
  readonly version: number;
  readonly kind: PreviewKind;
  readonly pages: readonly LinkedPage[];
  /** Whether `script` is a `LiveProgram`, and `sourceMap` an object of maps by the modules' ids. */
  readonly living: boolean;
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

/** Nothing is finished yet: the files are on their way (`preparing`), or they are there. */
export interface Unfinished {
  readonly schema: 1;
  readonly version: 0;
  readonly state: "preparing" | "building";
  /** Addresses of preludes that are sure to be needed. */
  readonly preludes: readonly string[];
}

/** What the phone page is told. */
export type CurrentAnswer = Current | Unfinished;
