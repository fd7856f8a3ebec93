/**
 * Signatures between backend and Worker: Standard Webhooks 1.0 (symmetric, `v1`), keyed by the UTF-8 bytes
 * of the shared secret. Knows nothing of HTTP; a mismatch is `false`, never an exception.
 */
import { LIMITS } from "./contract.gen.ts";
import { base64, fromBase64, utf8 } from "./encoding.ts";
import type { RotatingSecret } from "./env.ts";

const HMAC_SHA256 = { name: "HMAC", hash: "SHA-256" } as const;
const SIGNATURES_MAX = 8;

export interface SignedMessage {
  readonly id: string;
  readonly timestamp: string;
  readonly signatures: string;
  readonly body: Uint8Array;
}

/** Give the value of `webhook-signature` for one message. */
export async function sign(
  secret: string,
  id: string,
  timestampSeconds: number,
  body: Uint8Array,
): Promise<string> {
  const key = await hmacKey(secret, "sign");
  const signature = await crypto.subtle.sign("HMAC", key, signedContent(id, String(timestampSeconds), body));
  return `v1,${base64(signature)}`;
}

/** Tell whether one of the offered signatures was made with the current or the previous secret, recently. */
export async function verify(
  secret: RotatingSecret,
  message: SignedMessage,
  nowSeconds: number,
): Promise<boolean> {
  if (!message.id || !/^\d{1,12}$/.test(message.timestamp)) return false;
  if (Math.abs(nowSeconds - Number(message.timestamp)) > LIMITS.SIGNATURE_TOLERANCE_SECONDS) return false;
  const content = signedContent(message.id, message.timestamp, message.body);
  let matches = false;
  for (const candidate of [secret.current, secret.previous]) {
    if (!candidate) continue;
    const key = await hmacKey(candidate, "verify");
    for (const signature of offeredSignatures(message.signatures)) {
      // `subtle.verify` compares in constant time, and every pair is tried.
      const fits = await crypto.subtle.verify("HMAC", key, signature, content);
      matches = fits || matches;
    }
  }
  return matches;
}

function offeredSignatures(header: string): Uint8Array<ArrayBuffer>[] {
  return header
    .split(" ")
    .filter((part) => part.startsWith("v1,"))
    .slice(0, SIGNATURES_MAX)
    .map((part) => fromBase64(part.slice(3)))
    .filter((bytes) => bytes !== null);
}

function signedContent(id: string, timestamp: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = utf8(`${id}.${timestamp}.`);
  const content = new Uint8Array(head.length + body.length);
  content.set(head);
  content.set(body, head.length);
  return content;
}

async function hmacKey(secret: string, use: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", utf8(secret), HMAC_SHA256, false, [use]);
}
