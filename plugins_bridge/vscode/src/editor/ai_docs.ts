/** Documentation of the file that is being edited, or of a selection of it, unsaved text included. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { segment } from "../client/call.ts";
import type { Client } from "../client/client.ts";
import { AgentAbsent, HiveSyncError } from "../client/errors.ts";
import type { AiDocs as BackendAiDocs, AiDocsResult, LocalAiDocs, Selection } from "../contract.gen.ts";
import { viewOf } from "../model/ai_docs_view.ts";
import type { AiDocsPanel } from "./ai_docs_panel.ts";
import { withProgress, type Progress } from "./dialogs.ts";
import { fileInFront } from "./file_in_front.ts";
import type { Suggestions } from "./suggestions.ts";
import type { WorkspaceProjects } from "./workspace_projects.ts";

const POLL_MS = 500;
const FINAL: readonly string[] = ["ready", "failed"];
const STEPS: Readonly<Record<string, string>> = {
  preparing: "reading the file and its neighbours",
  queued: "waiting for its turn",
  running: "writing",
};

type Documentation = Pick<LocalAiDocs, "id" | "state" | "result" | "error">;

interface Asked {
  document: vscode.TextDocument;
  text: string;
  selection: Selection | undefined;
}

export interface AiDocsParts {
  client: Client;
  projects: WorkspaceProjects;
  panel: AiDocsPanel;
  suggestions: Suggestions;
}

export class AiDocs {
  readonly #parts: AiDocsParts;

  constructor(parts: AiDocsParts) {
    this.#parts = parts;
  }

  /** Document a file from the explorer, or what the active editor shows. */
  async generate(uri: vscode.Uri | undefined): Promise<void> {
    const asked = await askedFor(uri);
    const name = vscode.workspace.asRelativePath(asked.document.uri, false);
    await withProgress(`HiveSync AI docs of ${name}`, async (progress) => {
      const docs = await this.#byAgentOrBackend(asked, progress);
      if (docs.error) {
        throw new HiveSyncError(docs.error.code, docs.error.message);
      }
      if (docs.result) {
        this.#show(asked, name, docs.result);
      }
    });
  }

  async #byAgentOrBackend(asked: Asked, progress: Progress): Promise<Documentation> {
    try {
      return await this.#byAgent(asked, progress);
    } catch (error) {
      if (!(error instanceof AgentAbsent)) {
        throw error;
      }
      return this.#byBackend(asked, progress);
    }
  }

  #byAgent({ document, text, selection }: Asked, progress: Progress): Promise<Documentation> {
    const body = {
      path: document.uri.fsPath,
      ...(document.isDirty ? { content: text } : {}),
      ...(selection ? { selection } : {}),
    };
    const { client } = this.#parts;
    const created = client.request<LocalAiDocs>("POST", "/v1/ai-docs", { body, signal: progress.signal });
    return this.#follow(created, (id) => `/v1/ai-docs/${segment(id)}`, progress);
  }

  /** Without an agent there are no neighbouring files to tell of. */
  async #byBackend({ document, text, selection }: Asked, progress: Progress): Promise<Documentation> {
    const { projectId, path } = await this.#parts.projects.placeOrAsk(document.uri);
    const sha256 = createHash("sha256").update(text, "utf8").digest("hex");
    const body = { path, sha256, content: text, ...(selection ? { selection } : {}) };
    const route = `/api/v1/projects/${segment(projectId)}/ai-docs`;
    const { client } = this.#parts;
    const created = client.request<BackendAiDocs>("POST", route, { body, signal: progress.signal });
    return this.#follow(created, (id) => `${route}/${segment(id)}`, progress);
  }

  async #follow(
    created: Promise<Documentation>,
    route: (id: string) => string,
    progress: Progress,
  ): Promise<Documentation> {
    const { signal } = progress;
    let docs = await created;
    while (!FINAL.includes(docs.state)) {
      progress.report(STEPS[docs.state] ?? docs.state);
      await sleep(POLL_MS, undefined, { signal });
      docs = await this.#parts.client.get<Documentation>(route(docs.id), { signal });
    }
    return docs;
  }

  #show({ document, text }: Asked, name: string, result: AiDocsResult): void {
    const { panel, suggestions } = this.#parts;
    const diff = result.suggested_diff ?? undefined;
    const hasChange = diff !== undefined && suggestions.offer(document.uri, text, diff);
    panel.show(document.uri, viewOf(name, result, hasChange));
  }
}

async function askedFor(uri: vscode.Uri | undefined): Promise<Asked> {
  const editor = vscode.window.activeTextEditor;
  const wanted = uri ?? fileInFront();
  if (!wanted) {
    throw new HiveSyncError("VALIDATION_ERROR", "Open the file that should be documented first.");
  }
  const isActive = editor?.document.uri.toString() === wanted.toString();
  const document = isActive ? editor.document : await opened(wanted);
  if (document.uri.scheme !== "file") {
    throw new HiveSyncError("VALIDATION_ERROR", "Save the file once, so that it belongs to a project.");
  }
  return { document, text: document.getText(), selection: isActive ? selectionOf(editor) : undefined };
}

async function opened(uri: vscode.Uri): Promise<vscode.TextDocument> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    // What the editor says names its own parts, not what a person can do.
    const name = vscode.workspace.asRelativePath(uri, false);
    throw new HiveSyncError("VALIDATION_ERROR", `${name} is no text: it is binary, too large, or gone.`);
  }
}

function selectionOf({ selection }: vscode.TextEditor): Selection | undefined {
  if (selection.isEmpty) {
    return undefined;
  }
  // A selection that ends before the first character of a line does not mean that line.
  const isBefore = selection.end.character === 0 && selection.end.line > selection.start.line;
  return { line_start: selection.start.line + 1, line_end: selection.end.line + (isBefore ? 0 : 1) };
}
