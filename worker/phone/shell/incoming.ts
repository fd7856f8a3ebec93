/**
 * What the frame says, taken apart. The app runs in there and can get hold of our port (by replacing
 * `MessagePort.prototype.postMessage`), so nothing that comes from it is believed as it comes.
 */
import type { ConsoleLevel } from "../../src/room/messages.ts";
import type { Scroll } from "../frame/scroll.ts";
import type { FromFrame } from "../messages.ts";

const TEXT_MAX = 4_000;
const STACK_MAX = 32_000;
const SCROLLED_MAX = 100;
const LEVELS: readonly unknown[] = ["log", "info", "warn", "error", "debug"] satisfies ConsoleLevel[];

/** Give the message if it is one that the frame may send, with its texts cut to size; else null. */
export function readMessage(data: unknown): FromFrame | null {
  const { type, url, level, text, stack, error, href, seq, scroll } = fieldsOf(data);
  switch (type) {
    case "rendered":
      return { type };
    case "updated":
      return { type, seq: Number(seq) };
    case "restart":
      return { type, seq: Number(seq), scroll: readScroll(scroll) };
    case "need":
      return typeof url === "string" ? { type, url } : null;
    case "console":
      return LEVELS.includes(level)
        ? { type, level: level as ConsoleLevel, text: cut(text, TEXT_MAX), stack: cut(stack, STACK_MAX) }
        : null;
    case "follow":
      return typeof href === "string" ? { type, href: cut(href, TEXT_MAX) } : null;
    case "open":
      // Nothing but the web: other schemes run code (`javascript:`) or start programs (`intent:`).
      return typeof href === "string" && /^https?:\/\//i.test(href) ? { type, href } : null;
    case "error": {
      const { message, stack } = fieldsOf(error);
      return { type, error: { message: cut(message, TEXT_MAX), stack: cut(stack, STACK_MAX) } };
    }
    default:
      return null;
  }
}

/** It only goes back to a frame, so that its shape and its size are all that matters. */
function readScroll(value: unknown): Scroll {
  if (!Array.isArray(value)) return [];
  return value.slice(0, SCROLLED_MAX).filter((each): each is Scroll[number] => {
    if (!Array.isArray(each)) return false;
    const [path, top, left] = each as unknown[];
    return (
      Array.isArray(path) && [...(path as unknown[]), top, left].every((part) => typeof part === "number")
    );
  });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function cut(value: unknown, length: number): string {
  return typeof value === "string" ? value.slice(0, length) : "";
}
