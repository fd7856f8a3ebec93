/** Tells the page what went wrong in the app and what it wrote to the console. */
import type { ConsoleLevel } from "../../src/room/messages.ts";
import type { FromFrame } from "../messages.ts";

type Send = (message: FromFrame) => void;

const LEVELS: readonly ConsoleLevel[] = ["log", "info", "warn", "error", "debug"];
const TEXT_MAX = 2_000;

export function reportErrors(send: Send): void {
  window.addEventListener("error", (event) => {
    // Images that fail to load are errors of their elements, and do not come here.
    send({ type: "error", error: describe(event.error ?? event.message) });
  });
  window.addEventListener("unhandledrejection", ({ reason }) => {
    send({ type: "error", error: describe(reason) });
  });
}

/** Finding out where a line comes from takes time, which a loop that writes must not cost. */
const STACKS_A_SECOND = 20;

export function reportConsole(send: Send): void {
  let [stacks, second] = [0, 0];
  const stack = (): string => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) [stacks, second] = [0, now];
    stacks += 1;
    return stacks > STACKS_A_SECOND ? "" : (new Error().stack ?? "");
  };
  for (const level of LEVELS) {
    const original = console[level].bind(console);
    console[level] = (...values: unknown[]): void => {
      original(...values);
      send({ type: "console", level, text: format(values).slice(0, TEXT_MAX), stack: stack() });
    };
  }
}

function describe(reason: unknown): { readonly message: string; readonly stack: string } {
  if (!(reason instanceof Error)) return { message: text(reason).slice(0, TEXT_MAX), stack: "" };
  return { message: `${reason.name}: ${reason.message}`.slice(0, TEXT_MAX), stack: reason.stack ?? "" };
}

/** React writes with printf-like patterns. */
function format(values: readonly unknown[]): string {
  const [pattern, ...rest] = values;
  if (typeof pattern !== "string") return values.map(text).join(" ");
  const filled = pattern.replace(/%[sdifoOc]/g, (code) => {
    const value = rest.shift();
    return code === "%c" ? "" : text(value);
  });
  return [filled, ...rest.map(text)].join(" ");
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value === undefined || typeof value === "function" || typeof value === "symbol") return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
