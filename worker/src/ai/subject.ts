/** What is documented: the file as it was sent, read once for all engines, with its surroundings. */
import { conforms } from "../contract.ts";
import {
  LIMITS,
  type AiDocsRequest,
  type AiDocsWork,
  type Neighbour,
  type Selection,
} from "../contract.gen.ts";
import { hex, utf8 } from "../encoding.ts";
import { WorkerError } from "../errors.ts";
import { isSafePath } from "../preview/paths.ts";
import { read } from "./outline/read.ts";
import type { Reading } from "./outline/reading.ts";

export class Subject {
  readonly lines: readonly string[];
  readonly reading: Reading;

  constructor(
    readonly path: string,
    readonly content: string,
    readonly selection: Selection | null,
    readonly neighbours: readonly Neighbour[],
  ) {
    this.lines = content.replace(/\n$/, "").split("\n");
    this.reading = read(path, content);
  }

  /** Tell whether some of these lines are asked about; without a selection all are. */
  readonly covers = (lineStart: number, lineEnd: number): boolean =>
    this.selection === null || (lineStart <= this.selection.line_end && lineEnd >= this.selection.line_start);
}

/** Give what a job is about, or raise `VALIDATION_ERROR` for what a correct backend would never have written. */
export async function loadSubject(bucket: R2Bucket, work: AiDocsWork): Promise<Subject> {
  const object = await bucket.get(work.request_key);
  if (object === null) throw new WorkerError("NOT_FOUND", "The request was taken back. Ask for it again.");
  const value: unknown = await object.json();
  if (!conforms("AiDocsRequest", value)) throw malformed("it has not the agreed shape");
  await check(value);
  return new Subject(value.path, value.content, value.selection, value.context.neighbours ?? []);
}

async function check({ path, content, sha256, selection }: AiDocsRequest): Promise<void> {
  if (!isSafePath(path)) throw malformed("its path is not allowed");
  const bytes = utf8(content);
  if (bytes.length > LIMITS.AI_DOCS_FILE_BYTES) throw malformed("the file is too large");
  if (hex(await crypto.subtle.digest("SHA-256", bytes)) !== sha256)
    throw malformed("the hash is not the content's");
  const lines = content.split("\n").length;
  const lies = selection && !(1 <= selection.line_start && selection.line_end <= lines);
  if (lies || (selection && selection.line_end < selection.line_start))
    throw malformed("its selection is wrong");
}

function malformed(reason: string): WorkerError {
  return new WorkerError("VALIDATION_ERROR", `The request for documentation is malformed: ${reason}.`);
}
