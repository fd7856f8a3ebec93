/** Comments on lines of files, in the editor's own comment threads. Their text is shown as text, not as Markdown. */
import * as vscode from "vscode";
import { segment } from "../client/call.ts";
import type { Client } from "../client/client.ts";
import { HiveSyncError } from "../client/errors.ts";
import { plainLine, plainText } from "../client/plain_text.ts";
import type { Comment } from "../contract.gen.ts";
import { change } from "./changes.ts";
import { tell, tellFailure } from "./dialogs.ts";
import type { Session } from "./session.ts";
import type { Place, WorkspaceProjects } from "./workspace_projects.ts";

interface Shown {
  place: Place;
  threads: vscode.CommentThread[];
}

export class LineComments implements vscode.Disposable {
  readonly #client: Client;
  readonly #projects: WorkspaceProjects;
  readonly #controller = vscode.comments.createCommentController("hivesync.comments", "HiveSync");
  readonly #shown = new Map<string, Shown>();
  readonly #listening: vscode.Disposable;

  constructor(client: Client, session: Session, projects: WorkspaceProjects) {
    this.#client = client;
    this.#projects = projects;
    this.#controller.options = {
      prompt: "Comment on this line",
      placeHolder: "What should others know? @name tells them.",
    };
    this.#controller.commentingRangeProvider = {
      provideCommentingRanges: (document) =>
        this.#shown.has(document.uri.toString()) ? [new vscode.Range(0, 0, document.lineCount - 1, 0)] : [],
    };
    this.#listening = session.onEvent(({ type }) => {
      if (type.startsWith("comment.") || type === "reset") {
        this.#reloadAll().catch(tellFailure);
      }
    });
  }

  /** Show the comments of the file that is open, with the current line's thread unfolded. */
  async open(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.uri.scheme !== "file") {
      throw new HiveSyncError("VALIDATION_ERROR", "Open a file of your project first.");
    }
    const { uri } = editor.document;
    const place = await this.#projects.placeOrAsk(uri);
    const count = await this.#load(uri, place);
    const line = editor.selection.active.line;
    const here = this.#shown.get(uri.toString())?.threads.find(({ range }) => range?.start.line === line);
    if (here) {
      here.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    } else {
      this.#begin(uri, line);
    }
    if (count > 0) {
      tell(count === 1 ? "This file has one comment." : `This file has ${String(count)} comments.`);
    }
  }

  /** Send what was typed into a thread. */
  async reply({ thread, text }: vscode.CommentReply): Promise<void> {
    const shown = this.#shown.get(thread.uri.toString());
    const body = text.trim();
    if (!shown || !body) {
      return;
    }
    const line = (thread.range?.start.line ?? 0) + 1;
    const target = { kind: "file", path: shown.place.path, line };
    await change(this.#client, "POST", commentsPath(shown.place), { body: { target, body } });
    thread.dispose();
    await this.#load(thread.uri, shown.place);
    const kept = this.#shown
      .get(thread.uri.toString())
      ?.threads.find(({ range }) => range?.start.line === line - 1);
    if (kept) {
      kept.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    }
  }

  dispose(): void {
    this.#listening.dispose();
    this.#controller.dispose();
  }

  async #reloadAll(): Promise<void> {
    for (const [uri, { place }] of this.#shown) {
      await this.#load(vscode.Uri.parse(uri), place);
    }
  }

  async #load(uri: vscode.Uri, place: Place): Promise<number> {
    const comments = await this.#client.list<Comment>(commentsPath(place), {
      kind: "file",
      path: place.path,
    });
    const present = comments.filter(({ deleted_at: deleted }) => !deleted);
    const unfolded = new Set(this.#linesUnfolded(uri));
    this.#clear(uri);
    const byLine = Map.groupBy(present, ({ target }) => Math.max(0, (target.line ?? 1) - 1));
    const threads = [...byLine].map(([line, group]) => this.#thread(uri, line, group, unfolded.has(line)));
    this.#shown.set(uri.toString(), { place, threads });
    return present.length;
  }

  #linesUnfolded(uri: vscode.Uri): number[] {
    const { threads = [] } = this.#shown.get(uri.toString()) ?? {};
    return threads
      .filter(({ collapsibleState }) => collapsibleState === vscode.CommentThreadCollapsibleState.Expanded)
      .map(({ range }) => range?.start.line ?? 0);
  }

  #clear(uri: vscode.Uri): void {
    for (const thread of this.#shown.get(uri.toString())?.threads ?? []) {
      thread.dispose();
    }
  }

  #begin(uri: vscode.Uri, line: number): void {
    const thread = this.#thread(uri, line, [], true);
    this.#shown.get(uri.toString())?.threads.push(thread);
  }

  #thread(uri: vscode.Uri, line: number, comments: Comment[], isUnfolded: boolean): vscode.CommentThread {
    const oldestFirst = comments.toSorted((a, b) => a.created_at.localeCompare(b.created_at));
    const range = new vscode.Range(line, 0, line, 0);
    const thread = this.#controller.createCommentThread(uri, range, oldestFirst.map(shownComment));
    thread.label = `HiveSync, line ${String(line + 1)}`;
    thread.contextValue = "hivesync.thread";
    thread.collapsibleState = isUnfolded
      ? vscode.CommentThreadCollapsibleState.Expanded
      : vscode.CommentThreadCollapsibleState.Collapsed;
    return thread;
  }
}

function shownComment(comment: Comment): vscode.Comment {
  // `appendText` escapes: no link of a stranger becomes a command, and no picture tells who reads.
  const body = new vscode.MarkdownString().appendText(plainText(comment.body));
  return {
    body,
    mode: vscode.CommentMode.Preview,
    author: { name: plainLine(comment.author_username ?? "somebody who has left") },
    timestamp: new Date(comment.created_at),
    ...(comment.edited_at ? { label: "edited" } : {}),
  };
}

function commentsPath({ projectId }: Place): string {
  return `/api/v1/projects/${segment(projectId)}/comments`;
}
