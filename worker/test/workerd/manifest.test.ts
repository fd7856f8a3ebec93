import { describe, expect, it } from "vitest";
import type { FileEntry, SourceManifest } from "../../src/contract.gen.ts";
import { checkManifest } from "../../src/preview/manifest.ts";
import { versionPrefix } from "../../src/storage.ts";
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
    ["a link out", (m: SourceManifest) => ({ ...m, links: { "node_modules/x": "../other" } })],
    ["a link from outside", (m: SourceManifest) => ({ ...m, links: { "/node_modules/x": "x" } })],
    ["a name that is code", (m: SourceManifest) => ({ ...m, narrowed: { "a.js": { "a b": null } } })],
    [
      "an origin's name that is code",
      (m: SourceManifest) => ({ ...m, narrowed: { "a.js": { a: { source: "./b", name: "a }; {" } } } }),
    ],
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
      "a stored pack with a name that is no hash",
      (m: SourceManifest) => ({
        ...m,
        stored: [{ sha256: "../x", offsets: { [m.files[0]?.sha256 ?? ""]: 0 } }],
      }),
    ],
    [
      "an unknown file in a stored pack",
      (m: SourceManifest) => ({
        ...m,
        stored: [{ sha256: "a".repeat(64), offsets: { ["f".repeat(64)]: 0 } }],
      }),
    ],
    [
      "a file before the beginning of its pack",
      (m: SourceManifest) => ({
        ...m,
        stored: [{ sha256: "a".repeat(64), offsets: { [m.files[0]?.sha256 ?? ""]: -1 } }],
      }),
    ],
    [
      "a stored pack of nothing",
      (m: SourceManifest) => ({ ...m, stored: [{ sha256: "a".repeat(64), offsets: {} }] }),
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
