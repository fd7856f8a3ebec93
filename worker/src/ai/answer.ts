/** Reads what a model wrote. It is data from a stranger: only the agreed fields are taken, and only as text. */
import { conforms, DEFINITIONS, firstViolation } from "../contract.ts";
import type { AiDocsResult } from "../contract.gen.ts";
import type { Reply } from "./chat.ts";

/** The part of the contract's result that a model writes; who made it and how is ours to say. */
export type Answer = Pick<AiDocsResult, "summary" | "key_concepts" | "explanations" | "suggested_diff">;

/** JSON Schema of an answer, in the strict form that OpenAI asks for: every field, and no other. */
export const ANSWER_SCHEMA: object = strict({
  ...pick(propertiesOf("AiDocsResult"), ["summary", "key_concepts"]),
  explanations: { type: "array", items: strict(propertiesOf("Explanation")) },
  suggested_diff: { anyOf: [{ type: "string" }, { type: "null" }] },
});

/** Give the answer, or in words what is wrong with it. */
export function readAnswer({ text, isCutOff }: Reply): Answer | string {
  const value = objectIn(text);
  if (value === null) return isCutOff ? "it was cut off before its end" : "it is not a JSON object";
  const { summary, key_concepts, explanations, suggested_diff } = value as Partial<Answer>;
  const answer = { summary, key_concepts, explanations, suggested_diff: suggested_diff ?? null, engine: "" };
  if (!conforms("AiDocsResult", answer))
    return firstViolation("AiDocsResult", answer) ?? "its fields are wrong";
  return answer.summary.trim() === "" ? "its summary is empty" : answer;
}

/** Models like to think aloud first, and to put JSON into a Markdown block, whatever they are told. */
function objectIn(text: string): object | null {
  const said = text.slice(text.lastIndexOf("</think>") + 1);
  const [from, to] = [said.indexOf("{"), said.lastIndexOf("}")];
  if (from < 0 || to < from) return null;
  try {
    const value: unknown = JSON.parse(said.slice(from, to + 1));
    return typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function propertiesOf(name: string): Record<string, object> {
  return (
    (DEFINITIONS[name] as { readonly properties?: Record<string, object> } | undefined)?.properties ?? {}
  );
}

function pick(properties: Record<string, object>, names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, properties[name] ?? {}]));
}

function strict(properties: Record<string, object>): object {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}
