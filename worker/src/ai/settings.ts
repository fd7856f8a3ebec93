/**
 * Which engine answers, as the operator set it up. It is read with each job of documentation and not before: a
 * mistake here must not stop previews.
 */
import type { Bindings } from "../env.ts";
import { WorkerError } from "../errors.ts";

export type AiSettings =
  | { readonly engine: "outline" }
  | {
      readonly engine: "workers-ai";
      readonly ai: Ai;
      readonly model: string;
      readonly premiumModel: string;
    }
  | {
      readonly engine: "openai-compatible";
      readonly baseUrl: string;
      readonly apiKey: string;
      readonly model: string;
      readonly premiumModel: string;
    };

type AiBindings = Pick<
  Bindings,
  "AI" | "AI_ENGINE" | "AI_MODEL" | "AI_MODEL_PREMIUM" | "OPENAI_BASE_URL" | "OPENAI_API_KEY"
>;

const WORKERS_AI_MODEL = "@cf/meta/llama-3.3-70b-instruct-fp8-fast";
const WORKERS_AI_MODEL_PREMIUM = "@cf/openai/gpt-oss-120b";
const OPENAI = "https://api.openai.com/v1";

/** Give the settings, or raise `AI_JOB_FAILED` naming the variable that is wrong, never its value. */
export function readAiSettings(bindings: AiBindings): AiSettings {
  switch (bindings.AI_ENGINE || engineBound(bindings)) {
    case "outline":
      return { engine: "outline" };
    case "workers-ai":
      return workersAi(bindings);
    case "openai-compatible":
      return openAiCompatible(bindings);
    default:
      throw misconfigured("AI_ENGINE is none of workers-ai, openai-compatible and outline");
  }
}

function engineBound({ AI, OPENAI_BASE_URL, OPENAI_API_KEY }: AiBindings): string {
  if (OPENAI_BASE_URL || OPENAI_API_KEY) return "openai-compatible";
  return AI ? "workers-ai" : "outline";
}

function workersAi({ AI, AI_MODEL, AI_MODEL_PREMIUM }: AiBindings): AiSettings {
  if (!AI) throw misconfigured("AI_ENGINE is workers-ai, but no binding AI is there; wrangler.toml adds it");
  const model = AI_MODEL || WORKERS_AI_MODEL;
  return { engine: "workers-ai", ai: AI, model, premiumModel: AI_MODEL_PREMIUM || WORKERS_AI_MODEL_PREMIUM };
}

function openAiCompatible(bindings: AiBindings): AiSettings {
  const model = bindings.AI_MODEL;
  if (!model) throw misconfigured("AI_MODEL is not set; it names a model of the server at OPENAI_BASE_URL");
  const baseUrl = checkedUrl(bindings.OPENAI_BASE_URL || OPENAI);
  const apiKey = bindings.OPENAI_API_KEY ?? "";
  return {
    engine: "openai-compatible",
    baseUrl,
    apiKey,
    model,
    premiumModel: bindings.AI_MODEL_PREMIUM || model,
  };
}

/** Give the address without a slash at its end; of a bare origin the `/v1` that all such servers have. */
function checkedUrl(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "") {
    throw misconfigured("OPENAI_BASE_URL is not an http(s) address such as http://127.0.0.1:11434/v1");
  }
  const path = url.pathname.replace(/\/+$/, "");
  return `${url.origin}${path === "" ? "/v1" : path}`;
}

function misconfigured(reason: string): WorkerError {
  return new WorkerError(
    "AI_JOB_FAILED",
    `AI documentation is not set up right: ${reason}. Ask who operates this HiveSync server to correct it.`,
  );
}
