/**
 * Models behind OpenAI's `POST /chat/completions`: OpenAI, Ollama, llama.cpp, vLLM and others. Goes to that one
 * address and follows no redirect, since the request carries source code and a key.
 */
import { readBody } from "../body.ts";
import { ModelRefused, ModelUnavailable, unavailable, type Chat, type Question, type Reply } from "./chat.ts";

/** A callback holds 1 MB, and a diff may take more than a model wrote of it. */
const ANSWER_BYTES_MAX = 512 * 1024;

/** From what holds the model to the schema down to what every server takes. */
const JSON_MODES = [
  (schema: object) => ({
    response_format: { type: "json_schema", json_schema: { name: "documentation", strict: true, schema } },
  }),
  () => ({ response_format: { type: "json_object" } }),
  () => ({}),
] as const;

/** What each model of each server took last, so that it is not asked in vain every time. */
const modeOf = new Map<string, number>();

export function openAiCompatible(baseUrl: string, apiKey: string): Chat {
  const url = `${baseUrl}/chat/completions`;
  return {
    engine: "openai-compatible",
    async ask(question) {
      const known = `${url} ${question.model}`;
      let mode = modeOf.get(known) ?? 0;
      let response = await post(url, apiKey, question, mode);
      while (isRefusedMode(response.status) && mode < JSON_MODES.length - 1) {
        await response.body?.cancel();
        mode += 1;
        response = await post(url, apiKey, question, mode);
      }
      if (!response.ok) {
        await response.body?.cancel();
        throw unavailable(response.status, response.headers.get("retry-after"));
      }
      modeOf.set(known, mode);
      return replyOf(await bodyOf(response));
    },
  };
}

function isRefusedMode(status: number): boolean {
  return status === 400 || status === 422;
}

async function post(url: string, apiKey: string, question: Question, mode: number): Promise<Response> {
  const limit = url.startsWith("https://api.openai.com/") ? "max_completion_tokens" : "max_tokens";
  const body = {
    model: question.model,
    messages: question.messages,
    [limit]: question.outputTokens,
    ...JSON_MODES[mode]?.(question.schema),
  };
  return reached(
    fetch(url, {
      method: "POST",
      redirect: "manual",
      signal: question.signal,
      headers: {
        "content-type": "application/json",
        ...(apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(body),
    }),
  );
}

async function bodyOf(response: Response): Promise<unknown> {
  const bytes = await reached(readBody(response, ANSWER_BYTES_MAX));
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new ModelUnavailable("its server's answer is not JSON", false);
  }
}

async function reached<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch {
    throw new ModelUnavailable("its server can't be reached", true);
  }
}

interface Completion {
  readonly choices?: readonly {
    readonly finish_reason?: unknown;
    readonly message?: { readonly content?: unknown; readonly refusal?: unknown };
  }[];
}

/** Give the text of a completion; servers differ in what else they send, so only that is looked at. */
export function replyOf(completion: unknown): Reply {
  const choice = (completion as Completion | null)?.choices?.[0];
  const refusal = choice?.message?.refusal;
  if (typeof refusal === "string" && refusal !== "") throw new ModelRefused();
  const content = choice?.message?.content;
  if (typeof content !== "string") throw new ModelUnavailable("its server's answer holds no text", false);
  return { text: content, isCutOff: choice?.finish_reason === "length" };
}
