import { env } from "cloudflare:workers";
import { inject } from "vitest";
import { describe, expect, it } from "vitest";
import type { AiDocsRequest, AiDocsWork } from "../../src/contract.gen.ts";
import { documentFile } from "../../src/ai/document.ts";
import { readAiSettings } from "../../src/ai/settings.ts";
import { hex, utf8 } from "../../src/encoding.ts";
import type { Bindings } from "../../src/env.ts";
import { aiDocsRequestKey, aiDocsResultKey, readJson } from "../../src/storage.ts";
import { askedOf, GOOD, modelThat, says, SOURCE } from "./scripted_model.ts";

async function requested(change: Partial<AiDocsRequest> = {}): Promise<AiDocsWork> {
  const [id, project] = [crypto.randomUUID(), crypto.randomUUID()];
  const content = change.content ?? SOURCE;
  const sha256 = hex(await crypto.subtle.digest("SHA-256", utf8(content)));
  const request = { path: "src/total.ts", sha256, content, selection: null, context: {}, ...change };
  const request_key = aiDocsRequestKey(project, id);
  await env.R2.put(request_key, JSON.stringify(request));
  return {
    ai_docs_id: id,
    project_id: project,
    request_key,
    result_key: aiDocsResultKey(crypto.randomUUID()),
  };
}

function withModel(model: string): Bindings {
  return { ...env, OPENAI_BASE_URL: inject("modelServer"), OPENAI_API_KEY: "key", AI_MODEL: model };
}

describe("a request for documentation", () => {
  it("needs no model and says so", async () => {
    const work = await requested();
    const result = await documentFile(env, work, "free");
    expect(result).toMatchObject({
      engine: "outline",
      notes: ["Read from the source itself, without an AI model."],
    });
    expect(await readJson(env.R2_ARTIFACTS, work.result_key)).toEqual(result);
  });

  it("that comes again asks the model once", async () => {
    const model = await modelThat(says(GOOD));
    const work = await requested();
    const first = await documentFile(withModel(model), work, "pro");
    expect(await documentFile(withModel(model), work, "pro")).toEqual(first);
    expect(first).toMatchObject({ engine: "openai-compatible", model });
    expect(await askedOf(model)).toHaveLength(1);
  });

  it("of a failing model leaves nothing behind", async () => {
    const work = await requested();
    const failing = withModel(await modelThat({ status: 401 }));
    await expect(documentFile(failing, work, "free")).rejects.toMatchObject({ code: "AI_JOB_FAILED" });
    expect(await readJson(env.R2_ARTIFACTS, work.result_key)).toBeNull();
  });

  it.each([
    ["a wrong hash", { sha256: "0".repeat(64) }],
    ["a path that leads out", { path: "../total.ts" }],
    ["a selection beyond the file", { selection: { line_start: 1, line_end: 99 } }],
    ["a selection that ends before it begins", { selection: { line_start: 3, line_end: 2 } }],
    ["another shape", { content: 7 as unknown as string, sha256: "" }],
  ])("with %s is refused", async (_what, change) => {
    const work = await requested(change);
    await expect(documentFile(env, work, "free")).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
  });

  it("that was taken back is not answered", async () => {
    const work = { ...(await requested()), request_key: "sources/gone.json" };
    await expect(documentFile(env, work, "free")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("the engine", () => {
  const AI = { run: () => null } as unknown as Ai;

  it.each([
    ["the outline where nothing is set", {}, { engine: "outline" }],
    ["Workers AI where it is bound", { AI }, { engine: "workers-ai" }],
    [
      "a server where one is named",
      { AI, OPENAI_BASE_URL: "http://127.0.0.1:11434", AI_MODEL: "m" },
      { engine: "openai-compatible", baseUrl: "http://127.0.0.1:11434/v1", premiumModel: "m" },
    ],
    [
      "OpenAI where only a key is given",
      { OPENAI_API_KEY: "k", AI_MODEL: "m" },
      { baseUrl: "https://api.openai.com/v1" },
    ],
    [
      "at the address that is given",
      { OPENAI_BASE_URL: "https://ai.example/api/v3/", AI_MODEL: "m" },
      { baseUrl: "https://ai.example/api/v3" },
    ],
    ["what is asked for", { AI, AI_ENGINE: "outline", OPENAI_API_KEY: "k" }, { engine: "outline" }],
    [
      "with empty values as unset",
      { AI_ENGINE: "", OPENAI_BASE_URL: "", AI_MODEL: "" },
      { engine: "outline" },
    ],
  ])("is %s", (_which, bindings, settings) => {
    expect(readAiSettings(bindings)).toMatchObject(settings);
  });

  it.each([
    ["AI_ENGINE", { AI_ENGINE: "magic" }],
    ["AI_ENGINE", { AI_ENGINE: "workers-ai" }],
    ["AI_MODEL", { OPENAI_BASE_URL: "http://127.0.0.1:1" }],
    ["OPENAI_BASE_URL", { OPENAI_BASE_URL: "file:///etc/passwd", AI_MODEL: "m" }],
    ["OPENAI_BASE_URL", { OPENAI_BASE_URL: "https://me:secret@ai.example/v1", AI_MODEL: "m" }],
  ])("says that %s is wrong, and not its value", (name, bindings) => {
    expect(() => readAiSettings(bindings)).toThrow(name);
    expect(() => readAiSettings(bindings)).not.toThrow(/secret|passwd|magic/);
  });
});
