/** Models of Cloudflare Workers AI, by the binding. Source code does not leave Cloudflare. */
import { ModelRefused, ModelUnavailable, unavailable, type Chat, type Question, type Reply } from "./chat.ts";
import { replyOf } from "./openai_compatible.ts";

/** Runs a model; the binding's own type knows a fixed list of them, and new ones come every month. */
type Run = (model: string, inputs: object, options: { readonly signal: AbortSignal }) => Promise<unknown>;

/**
 * The platform's error codes and the HTTP statuses that they stand for.
 * https://developers.cloudflare.com/workers-ai/platform/errors/
 */
const STATUSES: ReadonlyMap<string, number> = new Map([
  ["3006", 413],
  ["3007", 408],
  ["3008", 408],
  ["3023", 403],
  ["3036", 429],
  ["3040", 429],
  ["3041", 403],
  ["3042", 404],
  ["5007", 404],
  ["5016", 403],
  ["5018", 403],
]);
const NO_JSON_MODE = /json mode|json schema|response_format/i;

export function workersAi(ai: Ai): Chat {
  const run: Run = ai.run.bind(ai);
  return {
    engine: "workers-ai",
    async ask(question) {
      try {
        return await asked(run, question, { type: "json_schema", json_schema: question.schema });
      } catch (error) {
        if (!(error instanceof Error) || !NO_JSON_MODE.test(error.message)) throw failureOf(error);
      }
      return asked(run, question, null).catch((error: unknown) => {
        throw failureOf(error);
      });
    },
  };
}

async function asked(run: Run, question: Question, format: object | null): Promise<Reply> {
  const { messages, outputTokens, signal } = question;
  const inputs = { messages, max_tokens: outputTokens, ...(format && { response_format: format }) };
  return read(await run(question.model, inputs, { signal }));
}

/** Older models answer with `response`, text or parsed JSON; newer ones as OpenAI's do. */
function read(answer: unknown): Reply {
  const response = (answer as { readonly response?: unknown } | null)?.response;
  if (typeof response === "string") return { text: response, isCutOff: false };
  if (typeof response === "object" && response !== null)
    return { text: JSON.stringify(response), isCutOff: false };
  return replyOf(answer);
}

function failureOf(error: unknown): Error {
  if (error instanceof ModelUnavailable || error instanceof ModelRefused) return error;
  const code = /\b(\d{4}):/.exec(String(error))?.[1] ?? "";
  const status = STATUSES.get(code);
  return status === undefined ? new ModelUnavailable("Workers AI failed", true) : unavailable(status);
}
