/** The previews of this window: asked for, followed, shown, stopped. */
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { segment } from "../client/call.ts";
import type { Client } from "../client/client.ts";
import { AgentAbsent, HiveSyncError, needsUpdate } from "../client/errors.ts";
import type { HiveSyncEvent } from "../client/event_stream.ts";
import { isObject } from "../client/json.ts";
import { messageLine } from "../client/plain_text.ts";
import type { LocalPreview, Platform, Preview } from "../contract.gen.ts";
import { startLonePreview } from "../model/lone_preview.ts";
import { canStart, startAgent } from "./agent_starter.ts";
import { fileInFront } from "./file_in_front.ts";
import type { BuildDiagnostics } from "./build_diagnostics.ts";
import { Cancelled, choose, tell, withProgress, type Progress } from "./dialogs.ts";
import type { PreviewPanel } from "./preview_panel.ts";
import type { Session } from "./session.ts";
import type { WorkspaceProjects } from "./workspace_projects.ts";

const POLL_MS = 400;
const FINAL: readonly string[] = ["ready", "failed"];
const STEPS: Readonly<Record<string, string>> = {
  preparing: "looking at the files",
  uploading: "uploading what changed",
  building: "building",
};

export interface PreviewParts {
  client: Client;
  session: Session;
  panel: PreviewPanel;
  diagnostics: BuildDiagnostics;
  projects: WorkspaceProjects;
}

export class Previews implements vscode.Disposable {
  readonly #parts: PreviewParts;
  readonly #known = new Map<string, LocalPreview>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #listening: vscode.Disposable;
  readonly onChange = this.#changed.event;

  constructor(parts: PreviewParts) {
    this.#parts = parts;
    this.#listening = parts.session.onEvent((event) => {
      this.#hear(event);
    });
  }

  /** How many are still being made. */
  get pending(): number {
    return [...this.#known.values()].filter(({ state }) => !FINAL.includes(state)).length;
  }

  /** Preview a file or folder, and follow it until it is ready or failed. */
  async request(uri: vscode.Uri | undefined, live: boolean): Promise<void> {
    const target = targetOf(uri);
    await offerToSave(target);
    const title = live ? "HiveSync live preview" : "HiveSync preview";
    await withProgress(title, async (progress) => {
      try {
        await this.#byAgent(target, live, progress);
      } catch (error) {
        if (!(error instanceof AgentAbsent)) {
          throw error;
        }
        await this.#withoutAgent(target, live, progress, error);
      }
    });
  }

  /** End a live preview, or one in the making; the phone keeps what it shows. */
  async stop(): Promise<void> {
    const running = (await this.#parts.client.list<LocalPreview>("/v1/previews")).filter(
      ({ live, state }) => live || !FINAL.includes(state),
    );
    if (running.length === 0) {
      tell("No preview is running.");
      return;
    }
    const choices = running.map((preview) => ({
      label: preview.entry || preview.root,
      description: preview.root,
      icon: preview.live ? "broadcast" : "sync",
      value: preview,
    }));
    const chosen = running.length === 1 ? running[0] : await choose("Which preview should stop?", choices);
    if (chosen) {
      await this.#end(chosen);
      tell(`The preview of ${chosen.entry} has stopped.`);
    }
  }

  /** Show the last preview again. */
  async show(): Promise<void> {
    const previews = await this.#parts.client.list<LocalPreview>("/v1/previews");
    const last = previews.sort((a, b) => (b.created_at ?? "").localeCompare(a.created_at ?? ""))[0];
    if (!last) {
      tell("There is no preview yet: run “HiveSync: Request Preview”.");
      return;
    }
    // Asking for it alone renews a link that is about to expire.
    this.#take(await this.#parts.client.get<LocalPreview>(`/v1/previews/${segment(last.id)}`));
    this.#parts.panel.reveal();
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }

  async #byAgent(target: vscode.Uri, live: boolean, progress: Progress): Promise<void> {
    const { client, panel } = this.#parts;
    const body = { path: target.fsPath, live, platform: platformFor(target) };
    let preview = await client.request<LocalPreview>("POST", "/v1/previews", {
      body,
      signal: progress.signal,
    });
    panel.follow(preview.id);
    panel.reveal();
    this.#take(preview);
    while (!FINAL.includes(preview.state)) {
      progress.report(stepOf(preview));
      try {
        await sleep(POLL_MS, undefined, { signal: progress.signal });
      } catch {
        await this.#end(preview);
        throw new Cancelled();
      }
      preview = await client.get<LocalPreview>(`/v1/previews/${segment(preview.id)}`);
      this.#take(preview);
    }
    this.#tellEnd(preview);
  }

  async #withoutAgent(
    target: vscode.Uri,
    live: boolean,
    progress: Progress,
    { reason, message }: AgentAbsent,
  ): Promise<void> {
    const { client, session } = this.#parts;
    const start = "Start Agent";
    const lone = "This File Only";
    const startable = !needsUpdate(reason) && (await canStart(client));
    const offers = [...(startable ? [start] : []), ...(live ? [] : [lone])];
    const why = `A preview of a project needs the HiveSync agent. ${messageLine(message)}`;
    const chosen = await vscode.window.showInformationMessage(why, ...offers);
    if (chosen === start) {
      await startAgent(client, session);
      await this.#byAgent(target, live, progress);
    } else if (chosen === lone) {
      await this.#lone(target, progress);
    }
  }

  async #lone(target: vscode.Uri, progress: Progress): Promise<void> {
    const { client, projects, panel } = this.#parts;
    const { signal } = progress;
    const { projectId, path } = await projects.placeOrAsk(target);
    const content = Buffer.from(await vscode.workspace.fs.readFile(target));
    const file = { projectId, name: path, content, platform: platformFor(target) };
    let preview = await startLonePreview(client, file, signal);
    panel.follow(preview.id);
    panel.reveal();
    while (!FINAL.includes(preview.state)) {
      progress.report(STEPS[preview.state] ?? preview.state);
      await sleep(POLL_MS * 2, undefined, { signal });
      const route = `/api/v1/projects/${segment(projectId)}/previews/${segment(preview.id)}`;
      preview = await client.get<Preview>(route, { signal });
    }
    const shown = localShape(preview, target.fsPath);
    this.#take(shown);
    this.#tellEnd(shown);
  }

  async #end(preview: LocalPreview): Promise<void> {
    const path = `/v1/previews/${segment(preview.id)}`;
    if (preview.live && FINAL.includes(preview.state)) {
      this.#take(await this.#parts.client.request<LocalPreview>("POST", `${path}/stop`));
      return;
    }
    await this.#parts.client.request("DELETE", path);
    this.#forget(preview.id);
  }

  #hear({ type, data }: HiveSyncEvent): void {
    if (type === "preview.progress" && isObject(data) && isObject(data["preview"])) {
      const preview = data["preview"] as unknown as LocalPreview;
      if (this.#known.has(preview.id)) {
        this.#take(preview);
      }
    }
  }

  #take(preview: LocalPreview): void {
    this.#known.set(preview.id, preview);
    this.#parts.panel.show(preview);
    this.#parts.diagnostics.take(preview);
    this.#changed.fire();
  }

  #forget(id: string): void {
    this.#known.delete(id);
    this.#parts.panel.ended(id);
    this.#changed.fire();
  }

  #tellEnd(preview: LocalPreview): void {
    if (preview.state === "failed") {
      const { code, message } = preview.error ?? {
        code: "PREVIEW_BUILD_FAILED",
        message: "The preview failed.",
      };
      throw new HiveSyncError(code, message);
    }
  }
}

/** What an agent tells of a preview, as far as the backend knows it. */
function localShape(preview: Preview, path: string): LocalPreview {
  return {
    id: preview.id,
    state: preview.state,
    root: path,
    entry: preview.entry,
    preview_id: preview.id,
    preview_url: preview.preview_url,
    version: preview.version,
    error: preview.error ?? null,
  };
}

function targetOf(uri: vscode.Uri | undefined): vscode.Uri {
  const target = uri ?? fileInFront() ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!target) {
    throw new HiveSyncError("VALIDATION_ERROR", "Open a file or a folder first, then request its preview.");
  }
  if (target.scheme !== "file") {
    throw new HiveSyncError("VALIDATION_ERROR", "Only files on disk can be previewed; save this one first.");
  }
  return target;
}

async function offerToSave(target: vscode.Uri): Promise<void> {
  const changed = vscode.workspace.textDocuments.find((document) => document.uri.fsPath === target.fsPath);
  if (!changed?.isDirty) {
    return;
  }
  const question = "This file has changes that are not saved; a preview shows what is saved.";
  const chosen = await vscode.window.showInformationMessage(question, "Save and Preview", "Preview as Saved");
  if (chosen === undefined) {
    throw new Cancelled();
  }
  if (chosen === "Save and Preview") {
    await changed.save();
  }
}

function platformFor(target: vscode.Uri): Platform {
  return vscode.workspace.getConfiguration("hivesync", target).get<Platform>("preview.platform", "ios");
}

function stepOf(preview: LocalPreview): string {
  const { state, uploaded_bytes: done = 0, total_bytes: all = 0 } = preview;
  const share = state === "uploading" && all > 0 ? ` (${String(Math.round((100 * done) / all))} %)` : "";
  return (STEPS[state] ?? state) + share;
}
