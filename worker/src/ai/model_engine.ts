/** The engines with a model: asks it, has a malformed answer corrected once, and keeps what holds of the answer. */
import type { AiDocsResult, Tier } from "../contract.gen.ts";
import { WorkerError } from "../errors.ts";
import { logLine } from "../log.ts";
import { anchored } from "./anchors.ts";
import { ANSWER_SCHEMA, readAnswer, type Answer } from "./answer.ts";
import { ModelRefused, ModelUnavailable, type Chat, type Message } from "./chat.ts";
import type { Engine } from "./engine.ts";
import type { ModelLimits } from "./limits.ts";
import { askPatiently } from "./patient.ts";
import { promptFor, repairOf } from "./prompt.ts";
import type { Subject } from "./subject.ts";
import { checkSuggestion } from "./suggestion.ts";
import { plainProse } from "./text.ts";

const SUMMARY_CHARACTERS = 8_000;
const CONCEPTS_MAX = 20;
const CONCEPT_CHARACTERS = 300;

/** Models in the order in which they are asked: the tier's own, and what stands in for it. */
export type Models = readonly [string, ...string[]];

export function modelsOf(tier: Tier, model: string, premiumModel: string): Models {
  return tier === "premium" && premiumModel !== model ? [premiumModel, model] : [model];
}

export class ModelEngine implements Engine {
  constructor(
    private readonly chat: Chat,
    private readonly models: Models,
    private readonly limits: ModelLimits,
  ) {}

  async document(subject: Subject): Promise<AiDocsResult> {
    const whole = AbortSignal.timeout(this.limits.jobSeconds * 1000);
    const [first, ...others] = this.models;
    try {
      return await this.#by(first, subject, whole);
    } catch (error) {
      const other = others[0];
      if (!(error instanceof ModelUnavailable) || other === undefined) throw asFailure(error, first);
      logLine("warning", "model replaced", {
        engine: this.chat.engine,
        model: first,
        by: other,
        reason: error.reason,
      });
      const result = await this.#by(other, subject, whole).catch((failure: unknown) => {
        throw asFailure(failure, other);
      });
      const note = `The model \`${first}\` could not be had: ${error.reason}. \`${other}\` answered in its place.`;
      return { ...result, fallback: true, notes: [note, ...(result.notes ?? [])] };
    }
  }

  async #by(model: string, subject: Subject, whole: AbortSignal): Promise<AiDocsResult> {
    const { messages, omission } = promptFor(subject, this.limits);
    const answer = await this.#answer(model, messages, whole);
    const suggestion = checkSuggestion(subject, answer.suggested_diff ?? null);
    const refused =
      "refused" in suggestion
        ? `A change that the model suggested was dropped: ${suggestion.refused}.`
        : null;
    const concepts = answer.key_concepts.map((concept) => plainProse(concept, CONCEPT_CHARACTERS));
    return {
      summary: plainProse(answer.summary, SUMMARY_CHARACTERS),
      key_concepts: concepts.filter((concept) => concept !== "").slice(0, CONCEPTS_MAX),
      explanations: anchored(subject, answer.explanations),
      suggested_diff: "diff" in suggestion ? suggestion.diff : null,
      engine: this.chat.engine,
      model,
      fallback: false,
      notes: [omission, refused].filter((note) => note !== null),
    };
  }

  async #answer(model: string, messages: readonly Message[], whole: AbortSignal): Promise<Answer> {
    const ask = async (
      conversation: readonly Message[],
    ): Promise<{ text: string; answer: Answer | string }> => {
      const question = {
        model,
        messages: conversation,
        schema: ANSWER_SCHEMA,
        outputTokens: this.limits.outputTokens,
      };
      const reply = await askPatiently(this.chat, question, this.limits, whole);
      return { text: reply.text, answer: readAnswer(reply) };
    };
    const first = await ask(messages);
    if (typeof first.answer !== "string") return first.answer;
    logLine("warning", "model answers malformed", { engine: this.chat.engine, model });
    const second = await ask(repairOf(messages, first.text, first.answer));
    if (typeof second.answer !== "string") return second.answer;
    throw new WorkerError(
      "AI_JOB_FAILED",
      `The model ${model} answered twice, but not in the form that was asked for. Try again, or select a part of the file.`,
    );
  }
}

function asFailure(error: unknown, model: string): unknown {
  if (error instanceof ModelRefused) {
    return new WorkerError("AI_JOB_FAILED", `The model ${model} declined to document this file.`);
  }
  if (!(error instanceof ModelUnavailable)) return error;
  const next = error.isPassing
    ? "Try again in a moment"
    : "Ask who operates this HiveSync server, or select a part of the file";
  return new WorkerError("AI_JOB_FAILED", `The model ${model} did not answer: ${error.reason}. ${next}.`);
}
