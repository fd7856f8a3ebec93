/** Reports a job's outcome to the backend. Tries what may pass a few times; the queue tries again later. */
import pRetry, { AbortError } from "p-retry";
import { BackendRefused, postSigned } from "./backend.ts";
import type { AiDocsResult, Callback, PreviewResult } from "./contract.gen.ts";
import type { Settings } from "./env.ts";

/** Four tries within some seconds. */
const RETRIES = { retries: 3, minTimeout: 250, factor: 3, randomize: true } as const;

/** What the contract calls `Callback` or `AiDocsCallback`: they differ in their results. */
export type Report = Omit<Required<Callback>, "result"> & {
  readonly result: PreviewResult | AiDocsResult | null;
};

/** Deliver a report, or raise `BackendRefused`. */
export async function deliverCallback(
  settings: Settings,
  report: Report,
  traceparent: string | null,
): Promise<void> {
  const id = `${report.job_id}.${report.attempt}.done`;
  const post = { path: "/workers/callback", id, content: report, traceparent };
  await pRetry(() => abortWhatStays(postSigned(settings, post)), RETRIES);
}

async function abortWhatStays(sending: Promise<void>): Promise<void> {
  try {
    await sending;
  } catch (error) {
    throw error instanceof BackendRefused && !error.isPassing ? new AbortError(error) : error;
  }
}
