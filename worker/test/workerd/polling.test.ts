import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Polled } from "../../src/room/messages.ts";
import type { Stored } from "./projects.ts";
import { HELLO, newPreview, publisher, save, viewer } from "./seats.ts";
import { token } from "./visits.ts";

describe("a phone that no WebSocket reaches", () => {
  async function ask(preview: Stored, query: string, devices: number): Promise<Response> {
    const device = await token(preview.build, { use: "device", device_id: "polling", devices });
    const url = `https://worker.example/p/${preview.build.preview_id}/current?${query}`;
    return exports.default.fetch(url, { headers: { authorization: `Bearer ${device}` } });
  }

  async function poll(preview: Stored, query = ""): Promise<[stamp: string | null, answer: Polled]> {
    const response = await ask(preview, query, 5);
    expect(response.status).toBe(200);
    return [response.headers.get("x-current"), await response.json<Polled>()];
  }

  it("hears of each save by asking, and of none twice", async () => {
    const preview = await newPreview();
    expect(await poll(preview)).toMatchObject(["1-ready", { version: 1, changes: null }]);
    const [phone, agent] = [await viewer(preview), await publisher(preview)];
    phone.say(HELLO);
    await phone.hear("state");
    const waiting = poll(preview, "after=1-ready&version=1&seq=0");
    agent.say(save("word.ts", `export const word = "two";`));
    await agent.hear("saved");
    const [stamp, { changes }] = await waiting;
    expect(stamp).toBe("1-ready-1");
    expect(changes).toMatchObject({ version: 1, seq: 1, modules: [{ id: "project:word.ts" }] });
    agent.say(save("word.ts", "export const word = ;"));
    await agent.hear("failed");
    const [failed, { changes: none }] = await poll(preview, "after=1-ready-1&version=1&seq=1");
    expect(failed).toBe("1-ready-2");
    expect(none).toMatchObject({ seq: 1, modules: [], problem: { file: "word.ts" } });
    // Of another version it has nothing.
    const [, { changes: all }] = await poll(preview, "version=7&seq=1");
    expect(all?.modules).toHaveLength(1);
    const refused = await ask(preview, "", 1);
    expect(refused.status).toBe(402);
    expect(await refused.json()).toMatchObject({ code: "TIER_LIMIT", limit: 1, used: 1, reset_at: null });
    phone.leave();
    agent.leave();
  });
});
