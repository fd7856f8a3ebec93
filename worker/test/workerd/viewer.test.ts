import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { PreviewBuild } from "../../src/contract.gen.ts";
import { finishVersion } from "../../src/preview/current.ts";
import { store } from "./projects.ts";
import { built, call, openPreview, token } from "./visits.ts";

/** Of what `built("mine")` has as its picture. */
const PICTURE_SHA256 = "99e83afda8a8e4de4f0d645a36250eed77bbb7a477e8a141fc6949831f49542a";

let mine: PreviewBuild;
let theirs: PreviewBuild;

beforeAll(async () => {
  mine = await built("mine");
  theirs = await built("theirs");
});

describe("a link", () => {
  it("opens its own preview", async () => {
    const response = await call(`/p/${mine.preview_id}/v/1/app.js`, { headers: await openPreview(mine) });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('"mine"');
  });

  it.each([
    ["another preview", async () => token(theirs), 401, "AUTH_INVALID"],
    ["no preview", async () => Promise.resolve("nonsense"), 401, "AUTH_INVALID"],
    [
      "an hour ago",
      async () => token(mine, { exp: Math.floor(Date.now() / 1000) - 3600 }),
      410,
      "PREVIEW_EXPIRED",
    ],
  ])("for %s opens nothing", async (_what, make, status, code) => {
    const body = JSON.stringify({ token: await make() });
    const response = await call(`/p/${mine.preview_id}/session`, { method: "POST", body });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ code });
  });

  it.each(["", "[]", `{"token": 5}`, "x".repeat(8000)])("in a body such as %s is refused", async (body) => {
    const response = await call(`/p/${mine.preview_id}/session`, { method: "POST", body });
    expect(response.status).toBe(422);
  });

  it.each(["/session", "/jobs"])("in a body without an end is not waited for: %s", async (path) => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(16 * 1024));
        sent += 1;
      },
    });
    const address = path === "/jobs" ? path : `/p/${mine.preview_id}${path}`;
    const response = await call(address, { method: "POST", body: endless });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    expect(sent).toBeLessThan(20);
  });
});

describe("a preview's files", () => {
  const PATHS = [
    "current",
    "v/1/artifact.json",
    "v/1/app.js",
    "v/1/app.js.map",
    `v/1/asset/${"a".repeat(64)}`,
  ];

  it.each(PATHS)("are closed to those without a token: %s", async (path) => {
    expect((await call(`/p/${mine.preview_id}/${path}`)).status).toBe(401);
  });

  it.each(PATHS)("are closed to the token of another preview: %s", async (path) => {
    const response = await call(`/p/${mine.preview_id}/${path}`, { headers: await openPreview(theirs) });
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain("mine");
  });

  it.each(PATHS)("are closed to the link's own token, which was to be exchanged: %s", async (path) => {
    const headers = { authorization: `Bearer ${await token(mine)}` };
    expect((await call(`/p/${mine.preview_id}/${path}`, { headers })).status).toBe(401);
  });

  it.each([
    "v/1/manifest.json",
    "v/1/pack-0",
    "v/2/app.js",
    "v/0/app.js",
    "v/1/..%2f..%2fcurrent.json",
    "v/1e0/app.js",
  ])("are only those that the build made: not %s", async (path) => {
    const response = await call(`/p/${mine.preview_id}/${path}`, { headers: await openPreview(mine) });
    expect(response.status).toBe(404);
  });

  it("include its assets, but not its source code", async () => {
    const headers = await openPreview(mine);
    const artifact = await (
      await call(`/p/${mine.preview_id}/v/1/artifact.json`, { headers })
    ).json<{
      assets: { url: string; sha256: string; eager: boolean }[];
    }>();
    expect(artifact.assets.map(({ url, eager }) => [url, eager])).toEqual([
      ["/bee.png", true],
      ["/notes.md", false],
    ]);
    const picture = await call(`/p/${mine.preview_id}/v/1/asset/${artifact.assets[0]?.sha256 ?? ""}`, {
      headers,
    });
    expect(new TextDecoder().decode(await picture.arrayBuffer())).toBe("picture of mine");
    // Nothing of a project may become a document of our origin.
    expect(picture.headers.get("content-type")).toBe("application/octet-stream");
    expect(picture.headers.get("content-disposition")).toBe("attachment");
  });

  it.each(["app.js", `asset/${PICTURE_SHA256}`])(
    "are not sent again while they are the same: %s",
    async (name) => {
      const headers = await openPreview(mine);
      const path = `/p/${mine.preview_id}/v/1/${name}`;
      const etag = (await call(path, { headers })).headers.get("etag") ?? "";
      expect((await call(path, { headers: { ...headers, "if-none-match": etag } })).status).toBe(304);
    },
  );
});

describe("current", () => {
  it("tells the newest version at once", async () => {
    const response = await call(`/p/${mine.preview_id}/current`, { headers: await openPreview(mine) });
    expect(response.headers.get("x-current")).toBe("1-ready");
    expect(await response.json()).toMatchObject({ version: 1, state: "ready", ready_version: 1 });
  });

  it("says whether the project is on its way or being built, and what will be needed", async () => {
    const { build, manifest } = await store("react_native", "App.tsx", { "App.tsx": "" });
    const headers = await openPreview(build);
    const look = async (): Promise<unknown> =>
      (await call(`/p/${build.preview_id}/current`, { headers })).json();
    expect(await look()).toMatchObject({ state: "preparing", preludes: [] });
    await env.R2.put(`previews/${build.preview_id}/v1/manifest.json`, JSON.stringify(manifest));
    expect(await look()).toMatchObject({
      state: "building",
      preludes: [
        expect.stringMatching(/^\/-\/react\./) as unknown,
        expect.stringMatching(/^\/-\/react_native\./) as unknown,
      ],
    });
  });

  it("waits for what comes next", async () => {
    const build = await built("third");
    const headers = await openPreview(build);
    const waiting = call(`/p/${build.preview_id}/current?after=1-ready`, { headers });
    const error = { code: "PREVIEW_BUILD_FAILED" as const, message: "no" };
    await finishVersion(env.R2, build.preview_id, 2, error);
    expect(await (await waiting).json()).toMatchObject({
      version: 2,
      state: "failed",
      ready_version: 1,
      error,
    });
  });

  it("never goes back to an older version", async () => {
    const build = await built("fourth");
    await finishVersion(env.R2, build.preview_id, 3, null);
    await finishVersion(env.R2, build.preview_id, 2, null);
    const response = await call(`/p/${build.preview_id}/current`, { headers: await openPreview(build) });
    expect(await response.json()).toMatchObject({ version: 3 });
  });

  it("counts two builds that end together", async () => {
    const id = crypto.randomUUID();
    await Promise.all([1, 2, 3].map((version) => finishVersion(env.R2, id, version, null)));
    const object = await env.R2.get(`previews/${id}/current.json`);
    expect(await object?.json()).toMatchObject({ version: 3 });
  });
});

describe("the rest", () => {
  it("says that it is well", async () => {
    expect(await (await call("/health")).json()).toEqual({ status: "ok" });
  });

  it("refuses an unknown path and a wrong method", async () => {
    expect((await call("/admin")).status).toBe(404);
    const response = await call("/jobs");
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it("gives a caller's request id back, unless it could harm a log", async () => {
    const kept = await call("/admin", { headers: { "x-request-id": "abc-1" } });
    expect(await kept.json()).toMatchObject({ request_id: "abc-1", code: "NOT_FOUND" });
    const replaced = await call("/admin", { headers: { "x-request-id": "a b" } });
    expect(replaced.headers.get("x-request-id")).not.toBe("a b");
  });
});
