/** The two HTML documents: the page that holds the token, and the frame that runs the preview and holds nothing. */
import phone from "../../../dist/phone.json";
import { base64 } from "../../encoding.ts";
import { WorkerError } from "../../errors.ts";
import type { RequestContext } from "../../router.ts";
import { isId } from "../../storage.ts";

const COMMON_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
  "x-robots-tag": "noindex, nofollow",
};

/** `GET /p/{preview_id}`: the same page for every preview; it says nothing about whether one exists. */
export function showPage({ params, url }: RequestContext): Response {
  if (!isId(params["id"] ?? "")) throw new WorkerError("NOT_FOUND", "There is no such preview.");
  const nonce = newNonce();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src data:",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<title>HiveSync preview</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${phone.shell.style}</style>
</head>
<body>
<noscript><p>A preview needs JavaScript. Please switch it on and reload.</p></noscript>
<script nonce="${nonce}" src="${phone.shell.script}"></script>
</body>
</html>`;
  const headers = new Headers({ ...COMMON_HEADERS, "content-security-policy": policy.join("; ") });
  // Without TLS, on a developer's own network, browsers ignore it and complain.
  if (url.protocol === "https:") headers.set("cross-origin-opener-policy", "same-origin");
  return new Response(html, { headers });
}

/**
 * `GET /frame`: runs the previewed code in an opaque origin. The `sandbox` directive holds even if somebody
 * opens the address by itself, so that no project's code ever runs as ours.
 */
export function showFrame(): Response {
  const nonce = newNonce();
  const policy = [
    "sandbox allow-scripts allow-forms allow-modals allow-pointer-lock",
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'wasm-unsafe-eval'`,
    // `onclick="…"` in a project's markup: its own code, which runs here anyway.
    "script-src-attr 'unsafe-inline'",
    "style-src 'unsafe-inline' https: blob:",
    "img-src blob: data: https:",
    "media-src blob: data: https:",
    "font-src blob: data: https:",
    "connect-src blob: data: https: wss:",
    "worker-src blob:",
    "frame-src https:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ];
  const html = `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<script nonce="${nonce}" src="${phone.frame.script}" crossorigin></script>
</head>
<body></body>
</html>`;
  return new Response(html, { headers: { ...COMMON_HEADERS, "content-security-policy": policy.join("; ") } });
}

function newNonce(): string {
  return base64(crypto.getRandomValues(new Uint8Array(16)));
}
