import { env } from "cloudflare:workers";
import { jwtVerify } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import type { PreviewBuild, PreviewClaims } from "../../src/contract.gen.ts";
import { previewKey } from "../../src/tokens.ts";
import { built, call, DAY, openPreview, token } from "./visits.ts";

let mine: PreviewBuild;
let theirs: PreviewBuild;

beforeAll(async () => {
  mine = await built("mine");
  theirs = await built("theirs");
});

describe("a handover", () => {
  async function handOver(build: PreviewBuild, headers: Record<string, string>): Promise<Response> {
    return call(`/p/${build.preview_id}/handover`, { method: "POST", headers });
  }

  it("opens the same preview on another device, which can hand it over in turn", async () => {
    const { token: first } = await (await handOver(mine, await openPreview(mine))).json<{ token: string }>();
    const body = JSON.stringify({ token: first });
    const opened = await call(`/p/${mine.preview_id}/session`, { method: "POST", body });
    const { device_token: other } = await opened.json<{ device_token: string }>();
    expect((await handOver(mine, { authorization: `Bearer ${other}` })).status).toBe(200);
  });

  it("gives no more than the device had: the same claims, ten minutes, and no longer than the preview", async () => {
    const now = Math.floor(Date.now() / 1000);
    const key = await previewKey(undefined, env.WORKER_SHARED_SECRET ?? "");
    const claimsFor = async (expiresAt: number): Promise<PreviewClaims> => {
      const device = await token(mine, { use: "device", device_id: "d", devices: 2, expires_at: expiresAt });
      const response = await handOver(mine, { authorization: `Bearer ${device}` });
      const { token: handover } = await response.json<{ token: string }>();
      return (await jwtVerify<PreviewClaims>(handover, key.bytes)).payload;
    };
    const claims = await claimsFor(now + DAY);
    expect(claims).toMatchObject({ use: "open", role: "viewer", devices: 2, expires_at: now + DAY });
    expect(claims.device_id).toBeNull();
    expect(claims.exp - now).toBeLessThanOrEqual(605);
    expect((await claimsFor(now + 60)).exp).toBe(now + 60);
  });

  it.each([
    ["nobody", async () => Promise.resolve(null)],
    ["the link itself", async () => token(mine)],
    ["another preview's device", async () => token(theirs, { use: "device" })],
    ["a device whose preview has ended", async () => token(mine, { use: "device", exp: 1 })],
  ])("is refused to %s", async (_who, make) => {
    const bearer = await make();
    const response = await handOver(mine, bearer === null ? {} : { authorization: `Bearer ${bearer}` });
    expect([401, 410]).toContain(response.status);
    expect(await response.text()).not.toContain("token");
  });
});
