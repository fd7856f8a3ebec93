import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { PreviewClaims } from "../../src/contract.gen.ts";
import { Budget } from "../../src/room/budget.ts";
import type { ConsoleEntry } from "../../src/room/messages.ts";
import type { Stored } from "./projects.ts";
import { HELLO, knock, newPreview, publisher, room, save, viewer } from "./seats.ts";
import { token } from "./visits.ts";

let shown: Stored;

beforeAll(async () => {
  shown = await newPreview();
});

describe("the door of a room", () => {
  it.each<[what: string, claims: Partial<PreviewClaims>]>([
    ["a link's token", {}],
    ["a viewer who would publish", { use: "publish" }],
    ["a device without a name", { use: "device" }],
    ["another preview's token", { use: "device", device_id: "d", preview_id: crypto.randomUUID() }],
  ])("stays shut for %s", async (_what, claims) => {
    const response = await knock(`hivesync.room.1, ${await token(shown.build, claims)}`, shown);
    expect(response.status).toBe(401);
  });

  it.each(["", "hivesync.room.1", "hivesync.room.1, a, b", "chat, a"])(
    "stays shut for %j",
    async (offered) => {
      expect((await knock(offered, shown)).status).toBe(401);
    },
  );

  it("lets in as many devices as the plan allows, each as often as it comes", async () => {
    const preview = await newPreview();
    const [first, second] = [
      await viewer(preview, { device_id: "a", devices: 1 }),
      await viewer(preview, { device_id: "a", devices: 1 }),
    ];
    first.say(HELLO);
    second.say(HELLO);
    await Promise.all([first.hear("state"), second.hear("state")]);
    const other = await viewer(preview, { device_id: "b", devices: 1 });
    expect(await other.hear("refused")).toMatchObject({ code: "TIER_LIMIT" });
    expect(await other.closed).toBe(4001);
    first.leave();
    second.leave();
    await Promise.all([first.closed, second.closed]);
    const later = await viewer(preview, { device_id: "b", devices: 1 });
    later.say(HELLO);
    expect(await later.hear("state")).toMatchObject({ current: { version: 1 } });
  });
});

describe("a save", () => {
  it("reaches phones as the one module that it changes", async () => {
    const [phone, agent] = [await viewer(shown), await publisher(shown)];
    phone.say(HELLO);
    await phone.hear("state");
    agent.say(save("word.ts", `export const word = "two";`));
    const { seq } = await agent.hear("saved");
    const changes = await phone.hear("changes");
    expect(changes).toMatchObject({ version: 1, seq, problem: null });
    expect(changes.modules.map(({ id }) => id)).toEqual(["project:word.ts"]);
    expect(changes.modules[0]?.code).toContain('"two"');
    agent.leave();
    phone.leave();
  });

  it("may take what was sent of a package", async () => {
    const agent = await publisher(await newPreview());
    agent.say(save("word.ts", `export { add as word } from "dates";`));
    await agent.hear("saved");
    agent.leave();
  });

  it("of a file that is not shown changes nothing", async () => {
    const agent = await publisher(shown);
    agent.say(save("unused.ts", "not even code"));
    await agent.hear("saved");
    agent.leave();
  });

  it.each([
    ["a package", save("package.json", "{}")],
    ["a new file", save("new.ts", "")],
    ["an image", save("logo.svg", "<svg></svg>")],
    ["another version", save("word.ts", "", { version: 2 })],
    ["a prelude that is not there", save("word.ts", `export { h as word } from "preact";`)],
    ["a name whose file was not sent", save("word.ts", `export { sub as word } from "dates";`)],
    ["all of a package of which some was sent", save("word.ts", `export * as word from "dates";`)],
    ["more text than a preview holds", save("word.ts", `/*${"x".repeat(2_000_000)}*/`.padEnd(2_097_100))],
  ])("of %s asks for a whole version", async (_what, message) => {
    const agent = await publisher(await newPreview());
    agent.say(message);
    await agent.hear("whole");
    agent.leave();
  });

  it.each(["../word.ts", "/word.ts", "a\\b.ts", ""])("of the path %j ends the connection", async (path) => {
    const agent = await publisher(shown);
    agent.say(save(path, ""));
    expect(await agent.closed).toBe(1008);
  });

  it("by a phone is not heard", async () => {
    const [phone, agent] = [await viewer(shown), await publisher(shown)];
    phone.say(HELLO);
    await phone.hear("state");
    phone.say(save("word.ts", `export const word = "stolen";`));
    phone.say({
      type: "console",
      entries: [{ level: "log", text: "after", file: "../x", line: -1 }],
      dropped: 0,
    });
    const { entries } = await agent.hear("console");
    expect(entries).toEqual([
      { level: "log", text: "after", is_error: false, file: null, line: null, column: null },
    ]);
    const other = await viewer(shown);
    other.say(HELLO);
    expect(JSON.stringify(await other.hear("state"))).not.toContain("stolen");
    other.leave();
    phone.leave();
    agent.leave();
  });
});

describe("a phone that floods its room", () => {
  afterEach(() => vi.useRealTimers());

  it("is heard twenty times a second, however often it speaks", () => {
    vi.useFakeTimers({ now: 0 });
    const budget = new Budget();
    const { 0: phone, 1: other } = new WebSocketPair();
    const heard = Array.from({ length: 100 }, () => budget.allows(phone, 1)).filter(Boolean);
    expect(heard).toHaveLength(20);
    expect(budget.allows(other, 1)).toBe(true);
    vi.setSystemTime(1000);
    expect(budget.allows(phone, 1)).toBe(true);
  });

  it("is not heard with a message that is too long", async () => {
    const [phone, agent] = [await viewer(shown), await publisher(shown)];
    phone.say(HELLO);
    await phone.hear("state");
    const entry = { level: "log", text: "x".repeat(256 * 1024), is_error: false } as ConsoleEntry;
    phone.say({ type: "console", entries: [entry], dropped: 0 });
    phone.say({ type: "console", entries: [{ ...entry, text: "short" }], dropped: 0 });
    expect(await agent.hear("console")).toMatchObject({ entries: [{ text: "short" }] });
    phone.leave();
    agent.leave();
  });
});

describe("a room that slept", () => {
  it("knows what was saved, and sends a phone what it has missed", async () => {
    const preview = await newPreview();
    const agent = await publisher(preview);
    agent.say(save("word.ts", `export const word = "two";`));
    await agent.hear("saved");
    agent.say(save("App.tsx", `export default () => {`));
    await agent.hear("failed");
    agent.leave();
    await agent.closed;
    await abortAllDurableObjects();

    const phone = await viewer(preview, {});
    phone.say({ ...HELLO, version: 1, seq: 0 });
    const { changes } = await phone.hear("state");
    expect(changes?.modules.map(({ id }) => id)).toEqual(["project:word.ts"]);
    expect(changes?.problem).toMatchObject({ file: "App.tsx" });

    const again = await publisher(preview);
    again.say(save("unused.ts", "export {};"));
    // What was broken before the sleep still is.
    expect(await again.hear("failed")).toMatchObject({ error: { file: "App.tsx" } });
    again.say(save("App.tsx", `export { word as default } from "./word";`));
    await again.hear("saved");
    const mended = await viewer(preview, {});
    mended.say({ ...HELLO, version: 1, seq: 1 });
    const news = (await mended.hear("state")).changes;
    expect(news?.modules.map(({ id }) => id)).toEqual(["project:App.tsx"]);
    expect(news?.problem).toBeNull();
  });

  it("forgets everything when the preview expires", async () => {
    const preview = await newPreview();
    const phone = await viewer(preview, {});
    phone.say(HELLO);
    await phone.hear("state");
    expect(await runDurableObjectAlarm(room(preview))).toBe(true);
    expect(await phone.closed).toBe(4000);
    const tables = await runInDurableObject(room(preview), (_room, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name IN ('files', 'modules')").toArray(),
    );
    expect(tables).toEqual([]);
  });
});
