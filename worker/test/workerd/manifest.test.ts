import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { FileEntry, SourceManifest } from "../../src/contract.gen.ts";
import { hex, utf8 } from "../../src/encoding.ts";
import { checkManifest } from "../../src/preview/manifest.ts";
import { loadSources } from "../../src/preview/sources.ts";
import { sourceKey, versionPrefix } from "../../src/storage.ts";
import { store } from "./projects.ts";

async function stored(): ReturnType<typeof store> {
  return store("web", "index.html", { "index.html": "<p>hi", "src/a.ts": "1" });
}

async function refusal(change: (manifest: SourceManifest, prefix: string) => unknown): Promise<unknown> {
  const { build, manifest } = await stored();
  try {
    return checkManifest(change(manifest, versionPrefix(build.preview_id, build.version)), build);
  } catch (error) {
    return error;
  }
}

function withFile(manifest: SourceManifest, file: Partial<FileEntry>): SourceManifest {
  const template = { path: "x.ts", size: 1, sha256: "0".repeat(64) };
  return { ...manifest, files: [...manifest.files, { ...template, ...file }] };
}

describe("a manifest", () => {
  it("that is right is accepted", async () => {
    const { build, manifest } = await stored();
    expect(checkManifest(manifest, build)).toBe(manifest);
  });

  it.each([
    "../x.ts",
    "/etc/passwd",
    "a/../../x.ts",
    "a//b.ts",
    "./a.ts",
    "a\\b.ts",
    "C:/x.ts",
    "a\0b.ts",
    "a\nb.ts",
    "",
    "x".repeat(1025),
  ])("with the path %j is refused", async (path) => {
    expect(await refusal((manifest) => withFile(manifest, { path }))).toMatchObject({
      code: "VALIDATION_ERROR",
    });
  });

  it.each([
    ["a path twice", (m: SourceManifest) => withFile(m, { path: "index.html" })],
    ["a hash that is none", (m: SourceManifest) => withFile(m, { sha256: "../../other" })],
    ["a negative size", (m: SourceManifest) => withFile(m, { size: -1 })],
    ["an entry that is not there", (m: SourceManifest) => ({ ...m, entry: "other.html" })],
    ["an unknown kind", (m: SourceManifest) => ({ ...m, kind: "flutter" })],
    ["no files", (m: SourceManifest) => ({ ...m, files: null })],
    [
      "another preview's pack",
      (m: SourceManifest) => ({ ...m, packs: [{ key: "previews/x/v1/pack-0", sha256s: [] }] }),
    ],
    [
      "a pack above its folder",
      (m: SourceManifest, prefix: string) => ({
        ...m,
        packs: [{ key: `${prefix}../v2/pack-0`, sha256s: [] }],
      }),
    ],
    [
      "an unknown file in a pack",
      (m: SourceManifest, prefix: string) => ({
        ...m,
        packs: [{ key: `${prefix}pack-0`, sha256s: ["f".repeat(64)] }],
      }),
    ],
  ])("with %s is refused", async (_what, change) => {
    expect(await refusal(change)).toMatchObject({ code: "VALIDATION_ERROR" });
  });

  it("with more than 2 MB of source text is refused, however large its images are", async () => {
    const large = 2 * 1024 * 1024;
    expect(await refusal((manifest) => withFile(manifest, { size: large }))).toMatchObject({
      code: "PAYLOAD_TOO_LARGE",
    });
    const image = await refusal((manifest) => withFile(manifest, { path: "bee.png", size: large }));
    expect(image).not.toBeInstanceOf(Error);
  });

  it("with too many files is refused", async () => {
    const refused = await refusal((manifest) => ({
      ...manifest,
      files: Array.from({ length: 5001 }, (_none, index) => ({ ...manifest.files[0], path: `${index}.ts` })),
    }));
    expect(refused).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  });
});

describe("sources", () => {
  const texts = ["<p>hi", "export {}", "body {}"];

  async function packed(
    content: (whole: Uint8Array) => Uint8Array,
  ): Promise<Awaited<ReturnType<typeof store>>> {
    const { build, manifest } = await stored();
    const key = `${versionPrefix(build.preview_id, 1)}pack-0`;
    const hashes = await Promise.all(
      texts.map(async (text) => hex(await crypto.subtle.digest("SHA-256", utf8(text)))),
    );
    const files = ["index.html", "a.ts", "b.css"].map((path, index) => ({
      path,
      sha256: hashes[index] ?? "",
      size: texts[index]?.length ?? 0,
    }));
    await env.R2.put(key, content(utf8(texts.join(""))));
    return { build, manifest: { ...manifest, files, packs: [{ key, sha256s: hashes }] } };
  }

  it("come out of a pack and are stored under their hashes", async () => {
    const { build, manifest } = await packed((whole) => whole);
    const sources = await loadSources(env.R2, build, manifest);
    expect(manifest.files.map((file) => sources.text(file.path))).toEqual(texts);
    for (const { sha256 } of manifest.files) {
      expect((await env.R2.head(sourceKey(build.project_id, sha256)))?.checksums.sha256).toBeDefined();
    }
  });

  it("are read from where an earlier version stored them", async () => {
    const { build, manifest } = await packed((whole) => whole);
    await loadSources(env.R2, build, manifest);
    const again = await loadSources(env.R2, build, { ...manifest, packs: [] });
    expect(again.text("b.css")).toBe("body {}");
  });

  it("with a wrong byte are refused, naming the file", async () => {
    const { build, manifest } = await packed((whole) => whole.with(6, 33));
    await expect(loadSources(env.R2, build, manifest)).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      diagnostic: { file: "a.ts" },
    });
  });

  it("in a pack that ends early are refused", async () => {
    const { build, manifest } = await packed((whole) => whole.slice(0, -1));
    await expect(loadSources(env.R2, build, manifest)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
  });

  it("that are images are checked too", async () => {
    const { build, manifest } = await store("web", "index.html", { "index.html": "", "bee.png": "a bee" });
    const image = manifest.files.find((file) => file.path === "bee.png");
    await env.R2.put(sourceKey(build.project_id, image?.sha256 ?? ""), "a wasp");
    await expect(loadSources(env.R2, build, manifest)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
  });

  it("that were never uploaded are named", async () => {
    const { build, manifest } = await stored();
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
