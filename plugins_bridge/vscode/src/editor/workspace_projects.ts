/** Which project a file belongs to: the agent's linked folders, or what the user has chosen for this workspace. */
import * as vscode from "vscode";
import type { Client } from "../client/client.ts";
import { AgentAbsent, HiveSyncError } from "../client/errors.ts";
import type { LocalProject, Project } from "../contract.gen.ts";
import { isInside, pathIn } from "../model/project_paths.ts";
import { Cancelled, choose } from "./dialogs.ts";

export interface Place {
  projectId: string;
  /** The file's path as manifests name it. */
  path: string;
}

export interface LinkedFolder {
  id: string;
  root: string;
  name: string;
}

const CHOSEN = "hivesync.projects";

export class WorkspaceProjects {
  readonly #client: Client;
  readonly #memory: vscode.Memento;

  constructor(client: Client, memory: vscode.Memento) {
    this.#client = client;
    this.#memory = memory;
  }

  /** Give the folders that are known to belong to projects. */
  async linked(): Promise<LinkedFolder[]> {
    const chosen = this.#memory.get<LinkedFolder[]>(CHOSEN, []);
    try {
      return [...(await this.#client.list<LocalProject>("/v1/projects")), ...chosen];
    } catch (error) {
      if (error instanceof AgentAbsent) {
        return chosen;
      }
      throw error;
    }
  }

  /** Give the file's place, undefined if its folder belongs to no project yet. */
  async placeOf(uri: vscode.Uri): Promise<Place | undefined> {
    const folders = (await this.linked()).filter(({ root }) => isInside(root, uri.fsPath));
    // The innermost one: a package of a monorepo may be a project of its own.
    const [folder] = folders.sort((a, b) => b.root.length - a.root.length);
    return folder && { projectId: folder.id, path: pathIn(folder.root, uri.fsPath) };
  }

  /** Give the file's place; ask which project its folder belongs to, if need be. */
  async placeOrAsk(uri: vscode.Uri): Promise<Place> {
    const known = await this.placeOf(uri);
    if (known) {
      return known;
    }
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (!folder) {
      throw new HiveSyncError("VALIDATION_ERROR", "This file is outside of the folders that are open here.");
    }
    const projectId = await this.#ask(folder);
    return { projectId, path: pathIn(folder.uri.fsPath, uri.fsPath) };
  }

  async #ask(folder: vscode.WorkspaceFolder): Promise<string> {
    const projects = await this.#client.list<Project>("/api/v1/projects");
    const choices = projects.map(({ id, name, description }) => ({
      label: name,
      description,
      value: id,
      icon: "repo",
    }));
    const fresh = { label: `New project “${folder.name}”`, value: "", icon: "add" };
    const chosen = await choose(`Which project does ${folder.name} belong to?`, [...choices, fresh]);
    if (chosen === undefined) {
      throw new Cancelled();
    }
    return this.#link(folder, chosen || undefined);
  }

  /** Have the agent remember the link; without an agent this workspace does. */
  async #link(folder: vscode.WorkspaceFolder, projectId: string | undefined): Promise<string> {
    const root = folder.uri.fsPath;
    try {
      const body = { path: root, ...(projectId === undefined ? {} : { project_id: projectId }) };
      return (await this.#client.request<LocalProject>("POST", "/v1/projects", { body })).id;
    } catch (error) {
      if (!(error instanceof AgentAbsent)) {
        throw error;
      }
    }
    const body = { name: folder.name };
    const id = projectId ?? (await this.#client.request<Project>("POST", "/api/v1/projects", { body })).id;
    const others = this.#memory.get<LinkedFolder[]>(CHOSEN, []).filter((other) => other.root !== root);
    await this.#memory.update(CHOSEN, [...others, { id, root, name: folder.name }]);
    return id;
  }
}
