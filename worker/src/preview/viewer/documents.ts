/** The two HTML documents: the page that holds the token, and the frame that runs the preview and holds nothing. */
import phone from "../../../dist/phone.json";
import { base64 } from "../../encoding.ts";
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

/**
 * `GET /p` and `GET /p/{preview_id}`: the same page for the list of what this device has open and for every
 * preview; it says nothing about whether one exists. It is seen before its script has come.
 */
export function showPage({ params, url }: RequestContext): Response {
  const id = params["id"];
  const nonce = newNonce();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "manifest-src 'self'",
    // Older browsers don't take sockets of the same host for "self".
    `connect-src 'self' ${url.protocol === "https:" ? "wss:" : "ws:"}//${url.host}`,
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  const { script, style, opening, manifest, icon, touchIcon } = phone.shell;
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#fbf8f1" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#14120e" media="(prefers-color-scheme: dark)">
<title>HiveSync preview</title>
<script nonce="${nonce}" src="${script}" defer></script>
<style nonce="${nonce}">${style}</style>
<link rel="manifest" href="${manifest}">
<link rel="icon" href="${icon}" type="image/svg+xml">
<link rel="apple-touch-icon" href="${touchIcon}">
</head>
<body>
<main id="device">
${opening}
<noscript><section class="screen"><h1>JavaScript is off</h1><p>A preview runs in the browser. Please switch JavaScript on and reload.</p></section></noscript>
</main>
<p id="spoken" class="unseen" role="status"></p>
</body>
</html>`;
  const headers = new Headers({ ...COMMON_HEADERS, "content-security-policy": policy.join("; ") });
  // Without TLS, on a developer's own network, browsers ignore it and complain.
  if (url.protocol === "https:") headers.set("cross-origin-opener-policy", "same-origin");
  return new Response(html, { headers, status: id === undefined || isId(id) ? 200 : 404 });
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
<script nonce="${nonce}">${phone.frame.script}</script>
</head>
<body></body>
</html>`;
  return new Response(html, { headers: { ...COMMON_HEADERS, "content-security-policy": policy.join("; ") } });
}

function newNonce(): string {
  return base64(crypto.getRandomValues(new Uint8Array(16)));
}
