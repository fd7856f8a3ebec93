import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { call, ORIGIN } from "./visits.ts";

interface Manifest {
  readonly icons: readonly { readonly src: string; readonly type: string }[];
}

/** What travels: servers compress what browsers ask for. */
async function compressedSize(text: string): Promise<number> {
  const compressed = new Response(text).body?.pipeThrough(new CompressionStream("gzip")) ?? null;
  return (await new Response(compressed).arrayBuffer()).byteLength;
}

describe("the page", () => {
  it("is the same for every preview, locked down, and stored nowhere", async () => {
    const response = await call(`/p/${crypto.randomUUID()}`);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(response.status).toBe(200);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.has("set-cookie")).toBe(false);
  });

  it("has a new nonce every time", async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => (await call(`/p/${crypto.randomUUID()}`)).text()),
    );
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it("is seen before its script has come, and can be installed", async () => {
    const response = await call("/p");
    const html = await response.text();
    expect(html).toContain("Opening the link");
    expect(html).toMatch(/<script nonce="[^"]+" src="\/-\/shell\.[0-9a-f]{16}\.js" defer>/);
    expect(response.headers.get("content-security-policy")).toContain("manifest-src 'self'");
    const [, path = ""] = /<link rel="manifest" href="([^"]+)">/.exec(html) ?? [];
    const manifest = await (await env.ASSETS.fetch(ORIGIN + path)).json<Manifest>();
    expect(manifest).toMatchObject({ start_url: "/p", scope: "/p", display: "standalone" });
    for (const { src, type } of manifest.icons) {
      const icon = await env.ASSETS.fetch(ORIGIN + src);
      expect([icon.status, icon.headers.get("content-type")]).toEqual([200, type]);
    }
  });

  it("comes in less than 30 KB in all", async () => {
    const html = await (await call("/p")).text();
    const frame = await (await call("/frame")).text();
    const [, script = ""] = /src="([^"]+)" defer/.exec(html) ?? [];
    const sizes = [html, frame, await (await env.ASSETS.fetch(ORIGIN + script)).text()].map(compressedSize);
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(total).toBeLessThan(30 * 1024);
  });

  it("has parts that are cached for ever, under names that change with them", async () => {
    const [script = ""] = /\/-\/shell[^"]+/.exec(await (await call("/p")).text()) ?? [];
    const { headers } = await env.ASSETS.fetch(ORIGIN + script);
    expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it.each(["/p/x", "/p/..%2fjobs", "/p/%00", `/p/${"a".repeat(36)}`])("is not at %s", async (path) => {
    expect((await call(path)).status).toBe(404);
  });
});

describe("the frame", () => {
  it("has an opaque origin even when it is opened by itself, and may be framed by us only", async () => {
    const policy = (await call("/frame")).headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^sandbox allow-scripts/);
    expect(policy).not.toContain("allow-same-origin");
    expect(policy).not.toContain("allow-top-navigation");
    expect(policy).toContain("frame-ancestors 'self'");
  });
});
