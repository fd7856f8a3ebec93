/** A model that says what a test wants, behind the real socket of the model server. */
import { inject } from "vitest";
import type { Asked, ScriptedReply } from "../model_server.ts";
import { ModelEngine, type Models } from "../../src/ai/model_engine.ts";
import { openAiCompatible } from "../../src/ai/openai_compatible.ts";
import { LIMITS_OF, type ModelLimits } from "../../src/ai/limits.ts";
import { Subject } from "../../src/ai/subject.ts";

export const KEY = "sk-test-key-that-must-stay-secret";

export const SOURCE = `/** Adds and greets. */
export function total(numbers: number[]): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}

export function greet(name: string): string {
  return "Hello " + name;
}
`;

export const GOOD = {
  summary: "Adds numbers and greets people.",
  key_concepts: ["sums", "greetings"],
  explanations: [
    { symbol: "total", line_start: 2, line_end: 6, text: "Adds the numbers up." },
    { symbol: "greet", line_start: 8, line_end: 10, text: "Says hello." },
  ],
  suggested_diff: null as string | null,
};

export function subjectOf(content = SOURCE, path = "src/total.ts"): Subject {
  return new Subject(path, content, null, []);
}

export function says(answer: object | string): ScriptedReply {
  return { content: typeof answer === "string" ? answer : JSON.stringify(answer) };
}

/** Give the name of a model that answers so, the last answer again and again. */
export async function modelThat(...replies: ScriptedReply[]): Promise<string> {
  const model = `model-${crypto.randomUUID()}`;
  await fetch(`${inject("modelServer")}/scripts/${model}`, { method: "PUT", body: JSON.stringify(replies) });
  return model;
}

export async function askedOf(model: string): Promise<Asked[]> {
  return (await fetch(`${inject("modelServer")}/asked/${model}`)).json();
}

export function engineWith(models: Models, limits: Partial<ModelLimits> = {}): ModelEngine {
  const chat = openAiCompatible(`${inject("modelServer")}/v1`, KEY);
  return new ModelEngine(chat, models, { ...LIMITS_OF.premium, pauseSeconds: 0, ...limits });
}
