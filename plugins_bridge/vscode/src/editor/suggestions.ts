/** Suggested changes: shown in the editor's own diff view, and applied when the user says so and they still fit. */
import * as vscode from "vscode";
import { HiveSyncError } from "../client/errors.ts";
import { plainLine } from "../client/plain_text.ts";
import { suggestedText } from "../model/suggestion.ts";
import { tell } from "./dialogs.ts";

export const SCHEME = "hivesync-suggestion";

export class Suggestions implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #diffs = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registered: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /** Keep a diff for a file; false if it does not fit the text that it was made for. */
  offer(file: vscode.Uri, text: string, diff: string): boolean {
    if (suggestedText(text, diff) === undefined) {
      return false;
    }
    this.#diffs.set(file.fsPath, diff);
    this.#changed.fire(suggestionOf(file));
    return true;
  }

  /** The right side of the diff: the file as it now is, with the change. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const file = vscode.Uri.file(uri.path);
    const document = await vscode.workspace.openTextDocument(file);
    return suggestedText(document.getText(), this.#diffOf(file)) ?? document.getText();
  }

  async show(file: vscode.Uri): Promise<void> {
    this.#diffOf(file);
    const title = `${plainLine(vscode.workspace.asRelativePath(file, false))}: suggested by HiveSync`;
    this.#changed.fire(suggestionOf(file));
    const options = { viewColumn: vscode.ViewColumn.One };
    await vscode.commands.executeCommand("vscode.diff", file, suggestionOf(file), title, options);
  }

  /** Apply it as one step that can be undone. */
  async apply(uri: vscode.Uri | undefined): Promise<void> {
    const shown = uri ?? vscode.window.activeTextEditor?.document.uri;
    const file = vscode.Uri.file(shown?.path ?? "");
    const document = await vscode.workspace.openTextDocument(file);
    const text = document.getText();
    const changed = suggestedText(text, this.#diffOf(file));
    if (changed === undefined) {
      throw new HiveSyncError(
        "CONFLICT",
        "The file has changed meanwhile, and the suggestion no longer fits.",
      );
    }
    const edit = new vscode.WorkspaceEdit();
    edit.replace(file, new vscode.Range(document.positionAt(0), document.positionAt(text.length)), changed);
    if (!(await vscode.workspace.applyEdit(edit))) {
      throw new HiveSyncError("CONFLICT", "The editor did not take the change; the file may be read-only.");
    }
    this.#diffs.delete(file.fsPath);
    await vscode.window.showTextDocument(document);
    tell("The change is made but not saved; undo takes it back.");
  }

  dispose(): void {
    this.#registered.dispose();
    this.#changed.dispose();
  }

  #diffOf(file: vscode.Uri): string {
    const diff = this.#diffs.get(file.fsPath);
    if (diff === undefined) {
      throw new HiveSyncError(
        "NOT_FOUND",
        "There is no suggested change of this file: run “HiveSync: Generate AI Docs”.",
      );
    }
    return diff;
  }
}

function suggestionOf(file: vscode.Uri): vscode.Uri {
  return file.with({ scheme: SCHEME });
}
