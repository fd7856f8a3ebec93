/** W3C Trace Context: what we do for the backend stays part of its trace. Keeps no spans of its own. */
import { hex } from "./encoding.ts";

export const TRACEPARENT = "traceparent";

const FORM = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/** Give a request's `traceparent` if it has the standard's form; anything else starts no trace. */
export function traceparentOf(headers: Headers): string | null {
  const given = headers.get(TRACEPARENT);
  return given !== null && FORM.test(given) ? given : null;
}

/** Give the name of a new span of the same trace. */
export function childOf(traceparent: string): string {
  const [, trace, flags] = FORM.exec(traceparent) ?? [];
  const span = hex(crypto.getRandomValues(new Uint8Array(8)).buffer);
  return `00-${trace ?? ""}-${span}-${flags ?? "00"}`;
}

/** Give the id that log lines name, or null. */
export function traceIdOf(traceparent: string | null): string | null {
  return traceparent === null ? null : (FORM.exec(traceparent)?.[1] ?? null);
}
