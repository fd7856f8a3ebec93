/** Addresses that may get a token, or be opened in the user's browser. */

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;

/** Give the normalised origin of an https address, or of an http one on this machine; undefined otherwise. */
export function parseOrigin(text: string): string | undefined {
  const url = parsed(text);
  if (!url || url.username || url.password || url.search || url.hash || !["", "/"].includes(url.pathname)) {
    return undefined;
  }
  return isAllowed(url) ? url.origin : undefined;
}

/**
 * Give a link that may be opened or written to: on one of these origins. Those of this machine are allowed only where
 * the backend itself, the first of them, is here, too: one elsewhere has no say over what listens on this machine.
 */
export function allowedLink(text: string, origins: readonly [string, ...string[]]): string | undefined {
  const url = parsed(text);
  if (!url || url.username || url.password || !isAllowed(url)) {
    return undefined;
  }
  const isOurs = isLoopback(url) ? isLoopback(new URL(origins[0])) : origins.includes(url.origin);
  return isOurs ? url.href : undefined;
}

function parsed(text: string): URL | undefined {
  // URL drops or escapes these silently; whoever sends them means harm.
  if (!/^[!-~]+$/u.test(text) || /[\\"'`<>]/u.test(text)) {
    return undefined;
  }
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isAllowed(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
}

function isLoopback(url: URL): boolean {
  return LOOPBACK.test(url.hostname);
}
