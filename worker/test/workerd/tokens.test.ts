import { SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import vectors from "../../../plugins_bridge/spec/vectors/preview_token.json";
import type { PreviewClaims } from "../../src/contract.gen.ts";
import { hex } from "../../src/encoding.ts";
import type { Settings } from "../../src/env.ts";
import { checkToken, mintDeviceToken, previewKey, previewKeys, type TokenKey } from "../../src/tokens.ts";

const NOW = new Date(1_790_000_000_000);

function settings(changes: Partial<Settings["previewTokenSecret"]> = {}): Settings {
  return {
    sharedSecret: { current: vectors.worker_shared_secret, previous: undefined },
    previewTokenSecret: { current: undefined, previous: undefined, ...changes },
    backendUrl: "http://backend.invalid",
  };
}

async function derivedKey(): Promise<TokenKey> {
  return previewKey(undefined, vectors.worker_shared_secret);
}

describe.each(vectors.cases)("the contract's vector «$name»", ({ claims, token, key_hex, kid }) => {
  const dedicated = claims.use === "device" ? vectors.preview_token_secret : undefined;
  const expected = { previewId: claims.preview_id, use: claims.use as "open" | "device" };

  it("has our key and key id", async () => {
    const key = await previewKey(dedicated, vectors.worker_shared_secret);
    expect({ id: key.id, key: hex(key.bytes.buffer) }).toEqual({ id: kid, key: key_hex });
  });

  it("is accepted", async () => {
    const keys = await previewKeys(settings({ current: dedicated }));
    expect(await checkToken(keys, token, expected, NOW)).toMatchObject(claims);
  });

  it("is refused for another preview", async () => {
    const keys = await previewKeys(settings({ current: dedicated }));
    const other = { ...expected, previewId: "018f3a5e-0000-7000-8000-00000000ffff" };
    await expect(checkToken(keys, token, other, NOW)).rejects.toMatchObject({ code: "AUTH_INVALID" });
  });

  it("is refused for the other use", async () => {
    const keys = await previewKeys(settings({ current: dedicated }));
    const use = expected.use === "open" ? "device" : "open";
    await expect(checkToken(keys, token, { ...expected, use }, NOW)).rejects.toMatchObject({
      code: "AUTH_INVALID",
    });
  });

  it("is refused when its time is over", async () => {
    const keys = await previewKeys(settings({ current: dedicated }));
    const later = new Date((claims.exp + 1) * 1000);
    await expect(checkToken(keys, token, expected, later)).rejects.toMatchObject({ code: "PREVIEW_EXPIRED" });
  });
});

describe("forged tokens", () => {
  const claims = vectors.cases[0]?.claims as unknown as PreviewClaims;
  const expected = { previewId: claims.preview_id, use: "open" as const };

  async function refusal(token: string): Promise<unknown> {
    const keys = await previewKeys(settings());
    return checkToken(keys, token, expected, NOW).catch((error: unknown) => error);
  }

  it("without a signature are refused", async () => {
    expect(await refusal(new UnsecuredJWT({ ...claims }).encode())).toMatchObject({ code: "AUTH_INVALID" });
  });

  it("with another algorithm are refused, although the key is right", async () => {
    const { id, bytes } = await derivedKey();
    const long = new Uint8Array(64);
    long.set(bytes);
    const token = await new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS512", kid: id }).sign(long);
    expect(await refusal(token)).toMatchObject({ code: "AUTH_INVALID" });
  });

  it("with our key id and another key are refused", async () => {
    const { id } = await derivedKey();
    const token = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: "HS256", kid: id })
      .sign(new Uint8Array(32).fill(7));
    expect(await refusal(token)).toMatchObject({ code: "AUTH_INVALID" });
  });

  it("that never expire are refused", async () => {
    const { id, bytes } = await derivedKey();
    const endless = Object.fromEntries(Object.entries(claims).filter(([name]) => name !== "exp"));
    const token = await new SignJWT(endless).setProtectedHeader({ alg: "HS256", kid: id }).sign(bytes);
    expect(await refusal(token)).toMatchObject({ code: "AUTH_INVALID" });
  });

  it.each(["", "x", "a.b.c", "..", "{}"])("such as %j are refused", async (token) => {
    expect(await refusal(token)).toMatchObject({ code: "AUTH_INVALID" });
  });
});

describe("a device token", () => {
  it("lasts as long as the preview and opens nothing by itself", async () => {
    const open = vectors.cases[0]?.claims as unknown as PreviewClaims;
    const { device_token, expires_at } = await mintDeviceToken(await derivedKey(), open);
    const keys = await previewKeys(settings());
    const expected = { previewId: open.preview_id, use: "device" as const };
    expect(await checkToken(keys, device_token, expected, NOW)).toMatchObject({
      use: "device",
      exp: open.expires_at,
    });
    expect(expires_at).toBe(open.expires_at);
    await expect(checkToken(keys, device_token, { ...expected, use: "open" }, NOW)).rejects.toThrow();
  });

  it("goes on working when a dedicated secret is introduced", async () => {
    const open = vectors.cases[0]?.claims as unknown as PreviewClaims;
    const { device_token } = await mintDeviceToken(await derivedKey(), open);
    const keys = await previewKeys(settings({ current: vectors.preview_token_secret }));
    const expected = { previewId: open.preview_id, use: "device" as const };
    expect(await checkToken(keys, device_token, expected, NOW)).toMatchObject({
      preview_id: open.preview_id,
    });
  });
});
