/** What is said in a preview's room, over WebSockets. Types only: the phone's code shares this file. */
import type { CallbackError } from "../contract.gen.ts";
import type { CurrentAnswer } from "../preview/artifact.ts";
import type { LiveModule } from "../preview/living/module.ts";

/** Subprotocol of the room; the token is offered beside it, since it must stand in no address. */
export const ROOM_PROTOCOL = "hivesync.room.1";
/** Close code of a room that does not want the socket back: its last message said why. */
export const CLOSE_FINAL = 4000;
/** Close code of a room that is full; there may be a place later. */
export const CLOSE_CROWDED = 4001;
/** Answered by the runtime without waking the room. */
export const PING = "ping";
export const PONG = "pong";

/** A module with its source map, which names files and lines. */
export interface SentModule extends LiveModule {
  readonly map: string;
}

/** What the saves since a version have changed; `seq` counts them, and starts anew with each version. */
export interface Changes {
  readonly version: number;
  readonly seq: number;
  readonly modules: readonly SentModule[];
  /** Why the last save could not be shown; null when it could. */
  readonly problem: CallbackError | null;
}

/** Up to which save of which version a phone has everything. */
export interface Point {
  readonly version: number;
  readonly seq: number;
}

/** What a phone without a socket hears from the room. */
export interface Heard {
  readonly changes: Changes;
  /** How many saves there were since the version, also such as could not be shown. */
  readonly saves: number;
}

/** Answer to a phone that asks what is newest; `changes` is null without a room. */
export type Polled = CurrentAnswer & { readonly changes: Changes | null };

export type ToViewer =
  /** The newest version, and all that was changed since the point that the phone named. */
  | { readonly type: "state"; readonly current: CurrentAnswer; readonly changes: Changes | null }
  | ({ readonly type: "changes" } & Changes)
  | { readonly type: "refused"; readonly code: string; readonly detail: string };

export type ConsoleLevel = "log" | "info" | "warn" | "error" | "debug";

/** Something that the app wrote to the console, or an error that nothing caught (`is_error`). */
export interface ConsoleEntry {
  readonly level: ConsoleLevel;
  readonly text: string;
  readonly is_error: boolean;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

export type FromViewer =
  | { readonly type: "hello"; readonly name: string; readonly version: number; readonly seq: number }
  /** `dropped`: how many more there were, too many to send. */
  | { readonly type: "console"; readonly entries: readonly ConsoleEntry[]; readonly dropped: number };

export interface SavedFile {
  readonly path: string;
  readonly content: string;
}

/** A save: files of version `version`, as they are now. `id` comes back with the answer. */
export interface Save {
  readonly type: "save";
  readonly id: number;
  readonly version: number;
  readonly files: readonly SavedFile[];
}

export interface Device {
  readonly id: string;
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly since: number;
}

export type ToPublisher =
  | { readonly type: "saved"; readonly id: number; readonly seq: number }
  | { readonly type: "failed"; readonly id: number; readonly error: CallbackError }
  /** The save changes more than single modules: a whole version has to be built. */
  | { readonly type: "whole"; readonly id: number }
  | { readonly type: "devices"; readonly devices: readonly Device[] }
  | {
      readonly type: "console";
      readonly device: Device;
      readonly entries: readonly ConsoleEntry[];
      readonly dropped: number;
    };
