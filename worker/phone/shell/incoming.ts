/**
 * What the frame says, taken apart. The app runs in there and can get hold of our port (by replacing
 * `MessagePort.prototype.postMessage`), so nothing that comes from it is believed as it comes.
 */
import type { ConsoleLevel, FromFrame } from "../messages.ts";

const TEXT_MAX = 4_000;
const STACK_MAX = 32_000;
const LEVELS: readonly unknown[] = ["log", "info", "warn", "error", "debug"] satisfies ConsoleLevel[];

/** Give the message if it is one that the frame may send, with its texts cut to size; else null. */
export function readMessage(data: unknown): FromFrame | null {
  const { type, url, level, text, error, href } = fieldsOf(data);
  switch (type) {
    case "rendered":
      return { type };
    case "need":
      return typeof url === "string" ? { type, url } : null;
    case "console":
      return LEVELS.includes(level)
        ? { type, level: level as ConsoleLevel, text: cut(text, TEXT_MAX) }
        : null;
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

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function cut(value: unknown, length: number): string {
  return typeof value === "string" ? value.slice(0, length) : "";
}
