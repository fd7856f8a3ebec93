/** Tasks by project: seen, made, moved on and commented. */
import * as vscode from "vscode";
import { segment } from "../client/call.ts";
import type { Client } from "../client/client.ts";
import { labelLine, plainLine, plainText } from "../client/plain_text.ts";
import type { Comment, Project, Task, TaskStatus } from "../contract.gen.ts";
import { change } from "./changes.ts";
import { choose, itemsOf, tell, type Choice } from "./dialogs.ts";
import type { Session } from "./session.ts";
import type { WorkspaceProjects } from "./workspace_projects.ts";

export type TaskNode = { kind: "project"; project: Project; isHere: boolean } | { kind: "task"; task: Task };

const STATUSES: Readonly<Record<TaskStatus, { name: string; icon: string }>> = {
  in_progress: { name: "In progress", icon: "play-circle" },
  blocked: { name: "Blocked", icon: "error" },
  open: { name: "Open", icon: "circle-large-outline" },
  done: { name: "Done", icon: "pass" },
};
const ORDER = Object.keys(STATUSES);
const TITLE_MAX = 200;
const TELLING = /^(?:task|labels|team)\.|^session\.changed$|^reset$/u;

export class Tasks implements vscode.TreeDataProvider<TaskNode>, vscode.Disposable {
  readonly #client: Client;
  readonly #projects: WorkspaceProjects;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #listening: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(client: Client, session: Session, projects: WorkspaceProjects) {
    this.#client = client;
    this.#projects = projects;
    let seen = "";
    this.#listening = vscode.Disposable.from(
      session.onEvent(({ type }) => {
        if (TELLING.test(type)) {
          this.refresh();
        }
      }),
      session.onChange((standing) => {
        const now = `${standing.user?.id ?? ""} ${String(standing.online)}`;
        if (now !== seen) {
          seen = now;
          this.refresh();
        }
      }),
    );
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  getChildren(node?: TaskNode): Promise<TaskNode[]> {
    if (node?.kind === "task") {
      return Promise.resolve([]);
    }
    return itemsOf(node === undefined ? this.#roots() : this.#tasksOf(node.project));
  }

  async #tasksOf(project: Project): Promise<TaskNode[]> {
    const tasks = await this.#client.list<Task>(`${pathOf(project.id)}/tasks`);
    const sorted = tasks.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
    return sorted.map((task) => ({ kind: "task", task }));
  }

  getTreeItem(node: TaskNode): vscode.TreeItem {
    return node.kind === "project" ? projectItem(node.project, node.isHere) : taskItem(node.task);
  }

  async create(node?: TaskNode): Promise<void> {
    const projectId = node?.kind === "project" ? node.project.id : await this.#askProject();
    const title = projectId && (await ask("What is to be done?", TITLE_MAX));
    if (projectId && title) {
      await change(this.#client, "POST", `${pathOf(projectId)}/tasks`, { body: { title } });
      this.refresh();
    }
  }

  async changeStatus(node?: TaskNode): Promise<void> {
    const task = await this.#taskOf(node);
    const choices = Object.entries(STATUSES).map(([value, { name, icon }]) => ({ label: name, icon, value }));
    const status = task && (await choose(`Status of “${task.title}”`, choices));
    if (status) {
      await change(this.#client, "PATCH", taskPath(task), { body: { status } });
      this.refresh();
    }
  }

  async comment(node?: TaskNode): Promise<void> {
    const task = await this.#taskOf(node);
    const body = task && (await ask(`Comment on “${plainLine(task.title)}”`, 10_000));
    if (body) {
      const target = { kind: "task", task_id: task.id };
      await change(this.#client, "POST", `${pathOf(task.project_id)}/comments`, { body: { target, body } });
      tell("Your comment is there.");
    }
  }

  /** Show a task with its comments, and what can be done with it. */
  async open(node?: TaskNode): Promise<void> {
    const task = await this.#taskOf(node);
    if (!task) {
      return;
    }
    const query = { kind: "task", task_id: task.id };
    const comments = await this.#client.list<Comment>(`${pathOf(task.project_id)}/comments`, query);
    const act = await choose(task.title, detailsOf(task, comments));
    await act?.(this);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }

  async #roots(): Promise<TaskNode[]> {
    const [projects, linked] = await Promise.all([
      this.#client.list<Project>("/api/v1/projects"),
      this.#projects.linked(),
    ]);
    const here = new Set(linked.filter(({ root }) => isOpen(root)).map(({ id }) => id));
    const nodes = projects.map((project) => ({
      kind: "project" as const,
      project,
      isHere: here.has(project.id),
    }));
    return nodes.sort((a, b) => Number(b.isHere) - Number(a.isHere));
  }

  async #askProject(): Promise<string | undefined> {
    const projects = await this.#client.list<Project>("/api/v1/projects");
    const choices = projects.map(({ id, name }) => ({ label: name, value: id, icon: "repo" }));
    return projects.length === 1 ? projects[0]?.id : choose("In which project?", choices);
  }

  /** Give the task of the tree's item, or have the user choose one. */
  async #taskOf(node: TaskNode | undefined): Promise<Task | undefined> {
    if (node?.kind === "task") {
      return node.task;
    }
    const projectId = node?.kind === "project" ? node.project.id : await this.#askProject();
    if (!projectId) {
      return undefined;
    }
    const tasks = await this.#client.list<Task>(`${pathOf(projectId)}/tasks`);
    const choices = tasks.map((task) => ({
      label: task.title,
      icon: STATUSES[task.status].icon,
      value: task,
    }));
    return choose("Which task?", choices);
  }
}

type Act = (tasks: Tasks) => Promise<void>;

function detailsOf(task: Task, comments: readonly Comment[]): Choice<Act>[] {
  const node: TaskNode = { kind: "task", task };
  const { name, icon } = STATUSES[task.status];
  const again: Act = (tasks) => tasks.open(node);
  const facts = [plainText(task.description, 2000), task.due_at ? `Due ${dateOf(task.due_at)}` : ""].filter(
    Boolean,
  );
  return [
    {
      label: name,
      description: "change the status",
      icon,
      section: "Task",
      value: (tasks) => tasks.changeStatus(node),
    },
    { label: "Add a comment", icon: "comment", value: (tasks) => tasks.comment(node) },
    ...facts.map((fact, index) => ({
      label: fact,
      icon: "note",
      ...(index === 0 ? { section: "Details" } : {}),
      value: again,
    })),
    ...comments
      .filter(({ deleted_at: deleted }) => !deleted)
      .map(({ author_username: author, created_at: at, body }, index) => ({
        label: author ?? "somebody who has left",
        description: dateOf(at),
        detail: body,
        icon: "account",
        ...(index === 0 ? { section: "Comments" } : {}),
        value: again,
      })),
  ];
}

function projectItem({ id, name, description }: Project, isHere: boolean): vscode.TreeItem {
  const state = isHere ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(plainLine(name), state);
  item.id = id;
  item.contextValue = "hivesync.project";
  item.iconPath = new vscode.ThemeIcon("repo");
  item.description = isHere ? "open here" : "";
  item.tooltip = plainText(description, 2000) || plainLine(name);
  return item;
}

function taskItem(task: Task): vscode.TreeItem {
  const { name, icon } = STATUSES[task.status];
  const item = new vscode.TreeItem(plainLine(task.title));
  item.id = task.id;
  item.contextValue = "hivesync.task";
  item.iconPath = new vscode.ThemeIcon(icon);
  item.description = task.due_at ? `${name}, due ${dateOf(task.due_at)}` : name;
  item.tooltip = [plainLine(task.title), name, plainText(task.description, 2000)].filter(Boolean).join("\n");
  item.accessibilityInformation = { label: `${plainLine(task.title)}, ${item.description}` };
  item.command = { command: "hivesync.openTask", title: "Open Task", arguments: [{ kind: "task", task }] };
  return item;
}

async function ask(prompt: string, charactersMax: number): Promise<string | undefined> {
  const validateInput = (value: string): string | undefined =>
    value.length > charactersMax ? `At most ${String(charactersMax)} characters.` : undefined;
  const text = await vscode.window.showInputBox({
    prompt: labelLine(prompt),
    validateInput,
    ignoreFocusOut: true,
  });
  return text?.trim() || undefined;
}

function dateOf(time: string): string {
  return new Date(time).toLocaleDateString();
}

function isOpen(root: string): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some(({ uri }) => uri.fsPath === root);
}

function pathOf(projectId: string): string {
  return `/api/v1/projects/${segment(projectId)}`;
}

function taskPath(task: Task): string {
  return `${pathOf(task.project_id)}/tasks/${segment(task.id)}`;
}
