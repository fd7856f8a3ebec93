/** What makes documentation. Three do: two that ask a model, and the outline, which needs none. */
import type { AiDocsResult } from "../contract.gen.ts";
import type { Subject } from "./subject.ts";

export interface Engine {
  /** Give the documentation, which names who made it; or raise `AI_JOB_FAILED` saying what to do. */
  document(subject: Subject): Promise<AiDocsResult>;
}
