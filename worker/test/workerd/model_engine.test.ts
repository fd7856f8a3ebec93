import { describe, expect, it } from "vitest";
import { promptFor } from "../../src/ai/prompt.ts";
import { LIMITS_OF } from "../../src/ai/limits.ts";
import { ModelEngine, modelsOf } from "../../src/ai/model_engine.ts";
import { Subject } from "../../src/ai/subject.ts";
import { workersAi } from "../../src/ai/workers_ai.ts";
import { askedOf, engineWith, GOOD, KEY, modelThat, says, SOURCE, subjectOf } from "./scripted_model.ts";

const AT_ONCE = { "retry-after": "0" };

describe("a model that behaves", () => {
  it("is named with its engine in what it made", async () => {
    const model = await modelThat(says(GOOD));
    expect(await engineWith([model]).document(subjectOf())).toEqual({
      ...GOOD,
      engine: "openai-compatible",
      model,
      fallback: false,
      notes: [],
    });
    const [asked] = await askedOf(model);
    expect(asked?.authorization).toBe(`Bearer ${KEY}`);
    expect(asked?.body).toMatchObject({
      max_tokens: LIMITS_OF.premium.outputTokens,
      response_format: { type: "json_schema", json_schema: { strict: true } },
    });
  });

  it.each([
    ["thinks aloud first", `<think>{ "no": 1 }</think>\n${JSON.stringify(GOOD)}`],
    ["wraps its answer in Markdown", `Here you are:\n\`\`\`json\n${JSON.stringify(GOOD)}\n\`\`\``],
  ])("and %s is understood", async (_how, text) => {
    const model = await modelThat(says(text));
    expect(await engineWith([model]).document(subjectOf())).toMatchObject({ summary: GOOD.summary });
    expect(await askedOf(model)).toHaveLength(1);
  });

  it("without JSON mode is asked without it, and the next time at once", async () => {
    const model = await modelThat({ ...says(GOOD), withoutFormat: true });
    const engine = engineWith([model]);
    await engine.document(subjectOf());
    await engine.document(subjectOf());
    const formats = (await askedOf(model)).map(({ body }) => body.response_format?.type);
    expect(formats).toEqual(["json_schema", "json_object", undefined, undefined]);
  });
});

describe("a malformed answer", () => {
  it("is repaired once, and the model is told what was wrong", async () => {
    const model = await modelThat(says({ ...GOOD, summary: 7 }), says(GOOD));
    expect(await engineWith([model]).document(subjectOf())).toMatchObject({ summary: GOOD.summary });
    const repair = (await askedOf(model))[1]?.body.messages.at(-1)?.content;
    expect(repair).toContain("#/summary");
  });

  it.each([
    ["prose", "I think that this file adds numbers."],
    ["half of JSON", JSON.stringify(GOOD).slice(0, 60)],
    ["a list", "[1, 2]"],
    ["no summary", JSON.stringify({ ...GOOD, summary: " " })],
    [
      "lines in words",
      JSON.stringify({ ...GOOD, explanations: [{ ...GOOD.explanations[0], line_start: "two" }] }),
    ],
  ])("of %s, twice, fails with what to do", async (_what, text) => {
    const model = await modelThat(says(text));
    await expect(engineWith([model]).document(subjectOf())).rejects.toMatchObject({
      code: "AI_JOB_FAILED",
      detail: expect.stringContaining("Try again, or select a part of the file.") as string,
    });
    expect(await askedOf(model)).toHaveLength(2);
  });

  it("that was cut off says so to the model", async () => {
    const model = await modelThat({ ...says("{"), finish_reason: "length" }, says(GOOD));
    await engineWith([model]).document(subjectOf());
    expect((await askedOf(model))[1]?.body.messages.at(-1)?.content).toContain("cut off");
  });
});

describe("a server in trouble", () => {
  it.each([429, 500, 503])("with %i is asked once more", async (status) => {
    const model = await modelThat({ status, headers: AT_ONCE }, says(GOOD));
    // When, is the server's to say.
    const engine = engineWith([model], { pauseSeconds: 60, jobSeconds: 8 });
    expect(await engine.document(subjectOf())).toMatchObject({ model, fallback: false });
  });

  it.each([
    [429, 2, /asked too often.*Try again in a moment/],
    [401, 1, /does not accept OPENAI_API_KEY.*Ask who operates/],
    [404, 1, /does not have it/],
    [302, 1, /answered 302/],
  ])("that goes on with %i is given up after %i tries", async (status, tries, message) => {
    const model = await modelThat({
      status,
      headers: { ...AT_ONCE, location: "http://127.0.0.1:9/v1" },
      body: KEY,
    });
    const failure: unknown = await engineWith([model])
      .document(subjectOf())
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "AI_JOB_FAILED",
      detail: expect.stringMatching(message) as string,
    });
    expect(String(failure)).not.toContain(KEY);
    expect(await askedOf(model)).toHaveLength(tries);
  });

  it("that never answers is left after its time, twice", async () => {
    const model = await modelThat({ hangs: true });
    const document = engineWith([model], { attemptSeconds: 0.1, jobSeconds: 5 }).document(subjectOf());
    await expect(document).rejects.toMatchObject({ detail: expect.stringContaining("in time") as string });
    expect(await askedOf(model)).toHaveLength(2);
  });

  it("that answers without end, or with no completion, is not listened to", async () => {
    for (const body of ["x".repeat(600 * 1024), "no JSON", "{}", '{"choices":[]}']) {
      const document = engineWith([await modelThat({ body })], { jobSeconds: 5 }).document(subjectOf());
      await expect(document).rejects.toMatchObject({ code: "AI_JOB_FAILED" });
    }
  });

  it("whose model declines says so, and does not insist", async () => {
    const model = await modelThat({ refusal: "I can't help with that." });
    const document = engineWith([model]).document(subjectOf());
    await expect(document).rejects.toMatchObject({
      detail: `The model ${model} declined to document this file.`,
    });
    expect(await askedOf(model)).toHaveLength(1);
  });
});

describe("Premium's model", () => {
  it("is replaced when it can't be had, which is said", async () => {
    const [large, small] = [await modelThat({ status: 404 }), await modelThat(says(GOOD))];
    const result = await engineWith(modelsOf("premium", small, large)).document(subjectOf());
    expect(result).toMatchObject({ model: small, fallback: true });
    expect(result.notes?.[0]).toContain(large);
  });

  it("is no other tier's", () => {
    expect(modelsOf("free", "small", "large")).toEqual(["small"]);
    expect(modelsOf("pro", "small", "large")).toEqual(["small"]);
    expect(modelsOf("premium", "small", "large")).toEqual(["large", "small"]);
    expect(modelsOf("premium", "same", "same")).toEqual(["same"]);
  });
});

describe("what a model is given", () => {
  const long = Array.from({ length: 1000 }, (_, index) => `const value${index} = ${index};`).join("\n");

  it("is the numbered file between marks that the file can't end", () => {
    const [system, request] = promptFor(subjectOf(), LIMITS_OF.free).messages;
    const mark = /<<<FILE [0-9a-f-]{36}/.exec(request?.content ?? "")?.[0] ?? "none";
    expect(system?.content).toContain(mark);
    expect(request?.content).toContain("2| export function total(");
    expect(promptFor(subjectOf(), LIMITS_OF.free).messages[1]?.content).not.toContain(mark);
  });

  it("is no more than the tier's share, around the selection, and the reader is told", async () => {
    const subject = new Subject("a.ts", long, { line_start: 500, line_end: 502 }, []);
    const { omission, messages } = promptFor(subject, { ...LIMITS_OF.free, sourceCharacters: 1_000 });
    expect(omission).toMatch(/^Only lines 4\d\d–5\d\d of 1000 were read by the model\.$/);
    expect(messages[1]?.content).toContain("Document only its lines 500–502");
    expect(messages[1]?.content).not.toContain("\n1| ");
    const model = await modelThat(says(GOOD));
    const { notes } = await engineWith([model], { sourceCharacters: 1_000 }).document(subjectOf(long));
    expect(notes?.[0]).toContain("Only lines 1–");
  });

  it("holds little of the files around it", () => {
    const near = { path: "near.ts", relation: "imports", content: "x".repeat(9_000) } as const;
    const subject = new Subject("a.ts", SOURCE, null, [near, near]);
    const content = promptFor(subject, LIMITS_OF.free).messages[1]?.content ?? "";
    expect(content.match(/x{1000,}/g)?.join("")).toHaveLength(LIMITS_OF.free.surroundingsCharacters);
  });
});

describe("Workers AI", () => {
  /** The binding can't exist without an account: this is what its documentation says that it does. */
  function binding(...answers: (object | Error)[]): { ai: Ai; inputs: Record<string, unknown>[] } {
    const inputs: Record<string, unknown>[] = [];
    const run = (_model: string, input: Record<string, unknown>): Promise<unknown> => {
      inputs.push(input);
      const answer = answers.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    };
    return { ai: { run } as unknown as Ai, inputs };
  }

  it.each([
    ["as parsed JSON", { response: GOOD }],
    ["as text", { response: JSON.stringify(GOOD) }],
    ["as OpenAI's do", { choices: [{ message: { content: JSON.stringify(GOOD) } }] }],
  ])("answers %s", async (_how, answer) => {
    const { ai, inputs } = binding(answer);
    const result = await new ModelEngine(workersAi(ai), ["@cf/m"], {
      ...LIMITS_OF.free,
      pauseSeconds: 0,
    }).document(subjectOf());
    expect(result).toMatchObject({ engine: "workers-ai", model: "@cf/m", summary: GOOD.summary });
    expect(inputs[0]).toMatchObject({ response_format: { type: "json_schema" }, max_tokens: 2_000 });
  });

  it("is asked without JSON mode where a model has none", async () => {
    const { ai, inputs } = binding(new Error("5025: This model doesn't support JSON Schema."), {
      response: GOOD,
    });
    await new ModelEngine(workersAi(ai), ["@cf/m"], { ...LIMITS_OF.free, pauseSeconds: 0 }).document(
      subjectOf(),
    );
    expect(inputs.map((input) => "response_format" in input)).toEqual([true, false]);
  });

  it("is asked once more when it is out of capacity, and not when there is no such model", async () => {
    const busy = binding(new Error("3040: Capacity temporarily exceeded"), { response: GOOD });
    const engine = new ModelEngine(workersAi(busy.ai), ["@cf/m"], { ...LIMITS_OF.free, pauseSeconds: 0 });
    expect(await engine.document(subjectOf())).toMatchObject({ summary: GOOD.summary });
    const absent = binding(new Error("5007: No such model @cf/m or task"));
    const document = new ModelEngine(workersAi(absent.ai), ["@cf/m"], {
      ...LIMITS_OF.free,
      pauseSeconds: 0,
    }).document(subjectOf());
    await expect(document).rejects.toMatchObject({ code: "AI_JOB_FAILED" });
    expect(absent.inputs).toHaveLength(1);
  });
});
