/** Does one job of documentation: reads the request, has the chosen engine answer, and keeps the result. */
import { conforms } from "../contract.ts";
import type { AiDocsResult, AiDocsWork, Tier } from "../contract.gen.ts";
import type { Bindings } from "../env.ts";
import { readJson, writeJson } from "../storage.ts";
import type { Engine } from "./engine.ts";
import { LIMITS_OF } from "./limits.ts";
import { ModelEngine, modelsOf } from "./model_engine.ts";
import { openAiCompatible } from "./openai_compatible.ts";
import { outline } from "./outline/outline.ts";
import { readAiSettings, type AiSettings } from "./settings.ts";
import { loadSubject } from "./subject.ts";
import { workersAi } from "./workers_ai.ts";

/** Give the documentation; a job that comes again, since its report was not taken, asks no model twice. */
export async function documentFile(bindings: Bindings, work: AiDocsWork, tier: Tier): Promise<AiDocsResult> {
  const known = await readJson(bindings.R2_ARTIFACTS, work.result_key);
  if (conforms("AiDocsResult", known)) return known;
  const subject = await loadSubject(bindings.R2, work);
  const result = await engineOf(readAiSettings(bindings), tier).document(subject);
  await writeJson(bindings.R2_ARTIFACTS, work.result_key, result);
  return result;
}

export function engineOf(settings: AiSettings, tier: Tier): Engine {
  if (settings.engine === "outline") return outline;
  const chat =
    settings.engine === "workers-ai"
      ? workersAi(settings.ai)
      : openAiCompatible(settings.baseUrl, settings.apiKey);
  return new ModelEngine(chat, modelsOf(tier, settings.model, settings.premiumModel), LIMITS_OF[tier]);
}
