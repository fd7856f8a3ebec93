/**
 * Preview tokens: HS256 JWTs that the backend mints and the Worker checks without asking it.
 * Refuses every other algorithm, unknown keys, another preview's token and expired ones.
 */
import { SignJWT, errors as jose, jwtVerify } from "jose";
import { LIMITS, PREVIEW_TOKEN, type PreviewClaims } from "./contract.gen.ts";
import { conforms } from "./contract.ts";
import { hex, utf8 } from "./encoding.ts";
import type { Settings } from "./env.ts";
import { WorkerError } from "./errors.ts";

type TokenUse = NonNullable<PreviewClaims["use"]>;

export interface TokenKey {
  readonly id: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the page gets for the link's token: it lasts as long as the preview, on that device. */
export interface DeviceSession {
  readonly device_token: string;
  readonly expires_at: number;
}

/** What a device gets to show to another one. `expires_at` is in seconds since 1970. */
export interface Handover {
  readonly token: string;
  readonly expires_at: number;
  /** On how many devices at once the preview may be open. */
  readonly devices: number;
}

/** Give the HMAC key: the dedicated secret, or HKDF-SHA256 (RFC 5869, empty salt) of the shared one. */
export async function previewKey(dedicated: string | undefined, shared: string): Promise<TokenKey> {
  const bytes = dedicated ? utf8(dedicated) : await deriveKey(shared);
  const named = await crypto.subtle.digest("SHA-256", concat(utf8("hivesync/kid/"), bytes));
  return { id: hex(named).slice(0, 8), bytes };
}

async function deriveKey(shared: string): Promise<Uint8Array<ArrayBuffer>> {
  const material = await crypto.subtle.importKey("raw", utf8(shared), "HKDF", false, ["deriveBits"]);
  const info = utf8(PREVIEW_TOKEN.KEY_INFO);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, material, 256));
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(left.length + right.length);
  whole.set(left);
  whole.set(right, left.length);
  return whole;
}

/** Every key that may have signed a token which is still in use: the first one signs new ones. */
export async function previewKeys(settings: Settings): Promise<TokenKey[]> {
  const { sharedSecret: shared, previewTokenSecret: dedicated } = settings;
  const keys = [previewKey(dedicated.current, shared.current)];
  if (dedicated.previous) keys.push(previewKey(dedicated.previous, shared.current));
  if (shared.previous) keys.push(previewKey(undefined, shared.previous));
  // A dedicated secret that was just introduced must not end the tokens of the derived key.
  if (dedicated.current) keys.push(previewKey(undefined, shared.current));
  return Promise.all(keys);
}

/** Give the claims of a token for this preview, or say why it opens nothing. */
export async function checkToken(
  keys: readonly TokenKey[],
  token: string,
  expected: { readonly previewId: string; readonly use: TokenUse | readonly TokenUse[] },
  now: Date = new Date(),
): Promise<PreviewClaims> {
  const claims = await verifiedClaims(keys, token, now);
  if (claims.preview_id !== expected.previewId || ![expected.use].flat().includes(claims.use ?? "open")) {
    throw new WorkerError("AUTH_INVALID", "This link belongs to another preview. Scan the code again.");
  }
  return claims;
}

async function verifiedClaims(keys: readonly TokenKey[], token: string, now: Date): Promise<PreviewClaims> {
  try {
    const { payload } = await jwtVerify(
      token,
      (header) => keys.find((key) => key.id === header.kid)?.bytes ?? unknownKey(),
      { algorithms: [PREVIEW_TOKEN.ALGORITHM], requiredClaims: ["exp"], currentDate: now },
    );
    if (conforms("PreviewClaims", payload)) return payload;
  } catch (error) {
    if (error instanceof jose.JWTExpired) {
      throw new WorkerError(
        "PREVIEW_EXPIRED",
        "This link has expired. Start the preview again for a new one.",
      );
    }
    if (!(error instanceof jose.JOSEError)) throw error;
  }
  throw new WorkerError("AUTH_INVALID", "This link is not valid. Scan the code again.");
}

function unknownKey(): never {
  throw new jose.JWSSignatureVerificationFailed();
}

/** Exchange an open token's claims for a token of one device: a new one, unless it is known by its id. */
export async function mintDeviceToken(
  key: TokenKey,
  open: PreviewClaims,
  deviceId: string = crypto.randomUUID(),
): Promise<DeviceSession> {
  const token = await sign(key, {
    ...open,
    use: "device",
    device_id: deviceId,
    exp: open.expires_at,
  });
  return { device_token: token, expires_at: open.expires_at };
}

/** Give a device's viewer a token with which another device can open the same preview, for a short while. */
export async function mintHandoverToken(
  key: TokenKey,
  device: PreviewClaims,
  now: number,
): Promise<Handover> {
  const exp = Math.min(now + LIMITS.PREVIEW_OPEN_SECONDS, device.expires_at);
  const token = await sign(key, { ...device, role: "viewer", use: "open", device_id: null, exp });
  return { token, expires_at: exp, devices: device.devices ?? 1 };
}

async function sign(key: TokenKey, claims: PreviewClaims): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: PREVIEW_TOKEN.ALGORITHM, kid: key.id, typ: "JWT" })
    .sign(key.bytes);
}

/** The key that signs what the Worker mints. */
export async function newestKey(settings: Settings): Promise<TokenKey> {
  const [newest] = await previewKeys(settings);
  if (!newest) throw new WorkerError("INTERNAL_ERROR", "The Worker has no key for previews.");
  return newest;
}
