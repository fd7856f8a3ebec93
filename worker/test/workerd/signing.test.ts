import { describe, expect, it } from "vitest";
import vectors from "../../../plugins_bridge/spec/vectors/signing.json";
import { utf8 } from "../../src/encoding.ts";
import { sign, verify } from "../../src/signing.ts";

const secret = { current: vectors.secret, previous: undefined };

describe("signatures of the contract's vectors", () => {
  it.each(vectors.accepted)("are made the same: $id", async ({ id, timestamp, body, signature }) => {
    expect(await sign(vectors.secret, id, timestamp, utf8(body))).toBe(signature);
  });

  it.each(vectors.accepted)("are accepted: $id", async ({ id, timestamp, body, signature }) => {
    const message = { id, timestamp: String(timestamp), signatures: signature, body: utf8(body) };
    expect(await verify(secret, message, timestamp)).toBe(true);
  });

  it.each(vectors.refused)("are refused: $why", async ({ id, timestamp, body, signature, now }) => {
    const message = { id, timestamp: String(timestamp), signatures: signature, body: utf8(body) };
    expect(await verify(secret, message, now)).toBe(false);
  });
});

describe("a rotation of the secret", () => {
  const previous = "the-secret-before-this-one-0123456789abcdef";
  const now = 1_790_000_000;

  async function signedWith(key: string): Promise<Parameters<typeof verify>[1]> {
    const body = utf8("{}");
    return { id: "a.1", timestamp: String(now), signatures: await sign(key, "a.1", now, body), body };
  }

  it("accepts the previous secret while it is set", async () => {
    const message = await signedWith(previous);
    expect(await verify({ current: vectors.secret, previous }, message, now)).toBe(true);
    expect(await verify(secret, message, now)).toBe(false);
  });

  it("accepts one good signature among others", async () => {
    const message = await signedWith(vectors.secret);
    const signatures = `v1,AAAA v2,nonsense v1,%%% ${message.signatures}`;
    expect(await verify(secret, { ...message, signatures }, now)).toBe(true);
  });

  it.each(["", "1e3", "-5", "0x10", " 1790000000", "9".repeat(30)])(
    "refuses the timestamp %j",
    async (timestamp) => {
      const message = await signedWith(vectors.secret);
      expect(await verify(secret, { ...message, timestamp }, now)).toBe(false);
    },
  );
});
