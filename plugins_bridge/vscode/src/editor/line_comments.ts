/** Comments on lines of files, in the editor's own comment threads. Their text is shown as text, not as Markdown. */
import * as vscode from "vscode";
import { segment } from "../client/call.ts";
import type { Client } from "../client/client.ts";
import { HiveSyncError } from "../client/errors.ts";
import { plainLine, plainText } from "../client/plain_text.ts";
import type { Comment } from "../contract.gen.ts";
import type { JsonObject } from "../client/json.ts";
import { change } from "./changes.ts";
import { Told } from "./commands.ts";
import { tell, tellFailure } from "./dialogs.ts";
import type { Session } from "./session.ts";
import type { Place, WorkspaceProjects } from "./workspace_projects.ts";

interface Shown {
  place: Place;
  /** By their lines, which count from 0. */
  threads: Map<number, vscode.CommentThread>;
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
    let user: string | undefined;
    this.#listening = vscode.Disposable.from(
      session.onEvent(({ type }) => {
        if (type.startsWith("comment.") || type === "reset") {
          this.#reloadAll().catch(tellFailure);
        }
      }),
      session.onChange((standing) => {
        // While nobody answers it is not known who is signed in, and what is being typed stays.
        const isKnown = standing.user !== undefined || (standing.mode === "proxy" && !standing.problem);
        if (isKnown && standing.user?.id !== user) {
          user = standing.user?.id;
          this.#clearAll();
        }
      }),
    );
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
    this.#unfold(uri, editor.selection.active.line);
    if (count > 0) {
      tell(count === 1 ? "This file has one comment." : `This file has ${String(count)} comments.`);
    }
  }

  /** Send what was typed into a thread. */
  async reply({ thread, text }: vscode.CommentReply): Promise<void> {
    const { uri } = thread;
    const shown = this.#shown.get(uri.toString());
    const body = text.trim();
    if (!shown || !body) {
      return;
    }
    // Not the range of one of ours: that moves while the file is edited, and the answer belongs to the question.
    const known = [...shown.threads].find(([, ours]) => ours === thread)?.[0];
    const line = known ?? thread.range?.start.line ?? 0;
    const target = { kind: "file", path: shown.place.path, line: line + 1 };
    const sent = await this.#send(shown.place, { target, body });
    if (known === undefined) {
      thread.dispose(); // the editor's own, begun at the margin
    }
    if (sent !== undefined) {
      await this.#load(uri, shown.place);
      this.#unfold(uri, line);
    }
  }

  async #send(place: Place, body: JsonObject): Promise<Comment | undefined> {
    try {
      return await change<Comment>(this.#client, "POST", commentsPath(place), { body });
    } catch (error) {
      void tellFailure(error);
      throw new Told("The comment was not sent.");
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

  /** Bring the file's threads up to date. They stay in place: somebody may be typing into one. */
  async #load(uri: vscode.Uri, place: Place): Promise<number> {
    const query = { kind: "file", path: place.path };
    const comments = await this.#client.list<Comment>(commentsPath(place), query);
    const present = comments.filter(({ deleted_at: deleted }) => !deleted);
    const byLine = Map.groupBy(present, ({ target }) => Math.max(0, (target.line ?? 1) - 1));
    const { threads } = this.#shown.get(uri.toString()) ?? {
      threads: new Map<number, vscode.CommentThread>(),
    };
    this.#shown.set(uri.toString(), { place, threads });
    for (const [line, thread] of threads) {
      if (!byLine.has(line) && thread.comments.length > 0) {
        thread.dispose();
        threads.delete(line);
      }
    }
    for (const [line, group] of byLine) {
      const thread = threads.get(line) ?? this.#thread(uri, line);
      thread.comments = group.toSorted((a, b) => a.created_at.localeCompare(b.created_at)).map(shownComment);
      threads.set(line, thread);
    }
    return present.length;
  }

  /** Open the thread of a line; begin one where nobody has said anything. */
  #unfold(uri: vscode.Uri, line: number): void {
    const threads = this.#shown.get(uri.toString())?.threads;
    const found = threads?.get(line);
    if (found && found.comments.length > 0) {
      found.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
      return;
    }
    // An empty one that was closed does not open again.
    found?.dispose();
    const thread = this.#thread(uri, line);
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    threads?.set(line, thread);
  }

  #thread(uri: vscode.Uri, line: number): vscode.CommentThread {
    const thread = this.#controller.createCommentThread(uri, new vscode.Range(line, 0, line, 0), []);
    thread.label = `HiveSync, line ${String(line + 1)}`;
    thread.contextValue = "hivesync.thread";
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
    return thread;
  }

  #clearAll(): void {
    for (const { threads } of this.#shown.values()) {
      for (const thread of threads.values()) {
        thread.dispose();
      }
    }
    this.#shown.clear();
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
