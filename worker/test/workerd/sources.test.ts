import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { SourceManifest, StoredPack } from "../../src/contract.gen.ts";
import { hex, utf8 } from "../../src/encoding.ts";
import { loadSources, type LoadedSources } from "../../src/preview/sources.ts";
import { sourceKey, versionPrefix } from "../../src/storage.ts";
import { store, type Stored } from "./projects.ts";

const FILES = { "index.html": "<p>hi", "a.ts": "export {}", "bee.png": "a bee", "b.css": "body {}" };

/** A version whose files were uploaded as one pack. */
async function packed(change = (whole: Uint8Array): Uint8Array => whole): Promise<Stored> {
  const [preview_id, project_id] = [crypto.randomUUID(), crypto.randomUUID()];
  const key = `${versionPrefix(preview_id, 1)}pack-0`;
  const files = await Promise.all(
    Object.entries(FILES).map(async ([path, text]) => {
      return { path, size: text.length, sha256: await digest(text) };
    }),
  );
  await env.R2.put(key, change(utf8(Object.values(FILES).join(""))));
  const packs = [{ key, sha256s: files.map((file) => file.sha256) }];
  const manifest = {
    kind: "web",
    entry: "index.html",
    platform: "ios",
    title: "",
    files,
    packs,
    env: {},
  } as const;
  return { build: { preview_id, project_id, version: 1, manifest_key: "" }, manifest };
}

async function digest(text: string): Promise<string> {
  return hex(await crypto.subtle.digest("SHA-256", utf8(text)));
}

/** The next version, as the backend describes it once it knows that the pack is stored. */
function nextVersion(
  { manifest }: Stored,
  packs: readonly string[],
): SourceManifest & { stored: StoredPack[] } {
  let end = 0;
  const offsets = Object.fromEntries(
    manifest.files.map(({ sha256, size }) => [sha256, (end += size) - size] as const),
  );
  return { ...manifest, packs: [], stored: [{ sha256: packs[0] ?? "", offsets }] };
}

async function texts({ sources }: LoadedSources): Promise<string[]> {
  const contents = await Promise.all(Object.keys(FILES).map(async (path) => sources.fetch(path)));
  return contents.map((bytes) => new TextDecoder().decode(bytes));
}

describe("sources in a pack", () => {
  it("are stored as one object that is named by its hash", async () => {
    const { build, manifest } = await packed();
    const loaded = await loadSources(env.R2, build, manifest);
    expect(await texts(loaded)).toEqual(Object.values(FILES));
    expect(loaded.packs).toEqual([await digest(Object.values(FILES).join(""))]);
    const { objects } = await env.R2.list({ prefix: sourceKey(build.project_id, "") });
    expect(objects.map(({ key }) => key)).toEqual([sourceKey(build.project_id, loaded.packs[0] ?? "")]);
  });

  it("are read from there by the next version, wherever in it they lie", async () => {
    const first = await packed();
    const { packs } = await loadSources(env.R2, first.build, first.manifest);
    const next = nextVersion(first, packs);
    expect(await texts(await loadSources(env.R2, first.build, next))).toEqual(Object.values(FILES));

    const [, kept] = next.files;
    const one = {
      ...next,
      files: [kept],
      stored: [{ ...next.stored[0], offsets: pick(next, kept?.sha256) }],
    };
    const { sources } = await loadSources(env.R2, first.build, one as SourceManifest);
    expect(sources.text("a.ts")).toBe(FILES["a.ts"]);
  });

  it("are checked again when they are read from there", async () => {
    const first = await packed();
    const { packs } = await loadSources(env.R2, first.build, first.manifest);
    const next = nextVersion(first, packs);
    for (const offset of [0, 1000]) {
      const [moved] = Object.keys(next.stored[0]?.offsets ?? {}).slice(1);
      const offsets = { ...next.stored[0]?.offsets, [moved ?? ""]: offset };
      const wrong = { ...next, stored: [{ sha256: packs[0] ?? "", offsets }] };
      await expect(loadSources(env.R2, first.build, wrong)).rejects.toMatchObject({
        code: "SOURCE_CHANGED",
        diagnostic: { file: "a.ts" },
      });
    }
  });

  it("may be empty files", async () => {
    const { build, manifest } = await store("web", "index.html", { "index.html": "", "empty.png": "" });
    const key = `${versionPrefix(build.preview_id, 1)}pack-0`;
    await env.R2.put(key, "");
    const sha256s = [manifest.files[0]?.sha256 ?? ""];
    const first = await loadSources(env.R2, build, { ...manifest, packs: [{ key, sha256s }] });
    const stored = [{ sha256: first.packs[0] ?? "", offsets: { [sha256s[0] ?? ""]: 0 } }];
    const { sources } = await loadSources(env.R2, build, { ...manifest, stored });
    expect(await sources.fetch("empty.png")).toHaveLength(0);
  });

  it("lie where an artifact's assets are looked for", async () => {
    const { build, manifest } = await packed();
    const { sources, packs } = await loadSources(env.R2, build, manifest);
    const picture = manifest.files.find((file) => file.path === "bee.png");
    if (!picture) throw new Error("there is a picture");
    expect(sources.placeOf(picture)).toEqual({ object: packs[0], offset: "<p>hiexport {}".length });
  });

  it("with a wrong byte are refused, naming the file", async () => {
    const { build, manifest } = await packed((whole) => whole.with(6, 33));
    await expect(loadSources(env.R2, build, manifest)).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      diagnostic: { file: "a.ts" },
    });
  });

  it("that end early are refused", async () => {
    const { build, manifest } = await packed((whole) => whole.slice(0, -1));
    await expect(loadSources(env.R2, build, manifest)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
  });
});

describe("sources by themselves", () => {
  it("are checked even if they are images", async () => {
    const { build, manifest } = await store("web", "index.html", { "index.html": "", "bee.png": "a bee" });
    const image = manifest.files.find((file) => file.path === "bee.png");
    await env.R2.put(sourceKey(build.project_id, image?.sha256 ?? ""), "a wasp");
    await expect(loadSources(env.R2, build, manifest)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
  });

  it("that were never uploaded are named", async () => {
    const { build, manifest } = await store("web", "index.html", { "index.html": "" });
    const files = [...manifest.files, { path: "gone.ts", sha256: "a".repeat(64), size: 1 }];
    await expect(loadSources(env.R2, build, { ...manifest, files })).rejects.toMatchObject({
      code: "NOT_FOUND",
      detail: expect.stringContaining("gone.ts") as string,
    });
  });

  it("that are not UTF-8 are refused, naming the file", async () => {
    const { build, manifest } = await store("web", "index.html", {
      "index.html": "",
      "a.ts": new Uint8Array([0xff, 0xfe, 0x41]),
    });
    await expect(loadSources(env.R2, build, manifest)).rejects.toMatchObject({
      diagnostic: { file: "a.ts" },
    });
  });
});

function pick({ stored }: { readonly stored: readonly StoredPack[] }, sha256 = ""): Record<string, number> {
  return { [sha256]: stored[0]?.offsets[sha256] ?? -1 };
}
