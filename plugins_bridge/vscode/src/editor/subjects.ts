/** Shows what a notification is about, where this editor can show it. */
import { join } from "node:path";
import * as vscode from "vscode";
import { segment } from "../client/call.ts";
import type { Client } from "../client/client.ts";
import type { Comment, CommentTarget, Notification, Task } from "../contract.gen.ts";
import { isInside } from "../model/project_paths.ts";
import type { WorkspaceProjects } from "./workspace_projects.ts";

export class Subjects {
  readonly #client: Client;
  readonly #projects: WorkspaceProjects;

  constructor(client: Client, projects: WorkspaceProjects) {
    this.#client = client;
    this.#projects = projects;
  }

  /** Open the task, the line or the preview; nothing for what only a web page shows. */
  async open({ subject_kind: kind, subject_id: id, project_id: projectId }: Notification): Promise<void> {
    if (kind === "preview") {
      await vscode.commands.executeCommand("hivesync.showPreview");
    } else if (kind === "task" && projectId && id) {
      await this.#task(projectId, id);
    } else if (kind === "comment" && projectId && id) {
      const path = `/api/v1/projects/${segment(projectId)}/comments/${segment(id)}`;
      const { target } = await this.#client.get<Comment>(path);
      await this.#target(projectId, target);
    }
  }

  async #task(projectId: string, id: string): Promise<void> {
    const path = `/api/v1/projects/${segment(projectId)}/tasks/${segment(id)}`;
    const task = await this.#client.get<Task>(path);
    await vscode.commands.executeCommand("hivesync.openTask", { kind: "task", task });
  }

  async #target(projectId: string, { task_id: task, path, line }: CommentTarget): Promise<void> {
    if (task) {
      await this.#task(projectId, task);
      return;
    }
    const folder = (await this.#projects.linked()).find(({ id }) => id === projectId);
    const file = folder && path ? join(folder.root, path) : undefined;
    // The path is what a member of the team wrote.
    if (folder === undefined || file === undefined || !isInside(folder.root, file)) {
      return;
    }
    const at = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
    await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: new vscode.Range(at, at) });
    await vscode.commands.executeCommand("hivesync.openComments");
  }
}
