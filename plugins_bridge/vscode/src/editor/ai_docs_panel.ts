/** The panel of a file's documentation. */
import * as vscode from "vscode";
import { isObject } from "../client/json.ts";
import type { AiDocsView } from "../webview/messages.ts";
import { tellFailure } from "./dialogs.ts";
import { pageHtml, pageOptions } from "./page.ts";

const BODY = `<main>
<h1 id="name"></h1>
<p id="summary"></p>
<p class="actions" id="actions" hidden><button id="change">Show Suggested Change</button></p>
<section id="concepts" hidden><h2>Key concepts</h2><ul id="concept-list"></ul></section>
<section id="explanations" hidden><h2>Part by part</h2><div id="explanation-list"></div></section>
<section id="notes" hidden><h2>Notes</h2><ul id="note-list"></ul></section>
<p id="engine"></p>
</main>`;

export class AiDocsPanel implements vscode.Disposable {
  readonly #extension: vscode.Uri;
  #panel: vscode.WebviewPanel | undefined;
  #view: AiDocsView | undefined;
  #file: vscode.Uri | undefined;

  constructor(extension: vscode.Uri) {
    this.#extension = extension;
  }

  show(file: vscode.Uri, view: AiDocsView): void {
    this.#file = file;
    this.#view = view;
    const panel = this.#panel ?? this.#open();
    panel.reveal(vscode.ViewColumn.Beside, true);
    void panel.webview.postMessage(view);
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #open(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel(
      "hivesync.aiDocs",
      "HiveSync AI Docs",
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      pageOptions(this.#extension),
    );
    panel.iconPath = vscode.Uri.joinPath(this.#extension, "media", "icon.svg");
    panel.webview.onDidReceiveMessage((message: unknown) => {
      this.#hear(message).catch(tellFailure);
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
    });
    panel.webview.html = pageHtml(panel.webview, this.#extension, {
      script: "ai_docs.js",
      title: "HiveSync AI Docs",
      body: BODY,
    });
    this.#panel = panel;
    return panel;
  }

  async #hear(message: unknown): Promise<void> {
    if (!isObject(message) || !this.#file) {
      return;
    }
    if (message["act"] === "ready" && this.#view) {
      await this.#panel?.webview.postMessage(this.#view);
    } else if (message["act"] === "change") {
      await vscode.commands.executeCommand("hivesync.showSuggestedChange", this.#file);
    } else if (message["act"] === "goTo") {
      await goTo(this.#file, Number(message["line"]));
    }
  }
}

async function goTo(file: vscode.Uri, line: number): Promise<void> {
  const place = new vscode.Range(Math.max(0, line - 1), 0, Math.max(0, line - 1), 0);
  const editor = vscode.window.visibleTextEditors.find(
    ({ document }) => document.uri.toString() === file.toString(),
  );
  await vscode.window.showTextDocument(file, {
    selection: place,
    viewColumn: editor?.viewColumn ?? vscode.ViewColumn.One,
  });
}
