/** The preview's panel: code and link for the phone, how far it is, and which phones are there. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { isObject } from "../client/json.ts";
import { plainLine } from "../client/plain_text.ts";
import type { LocalPreview } from "../contract.gen.ts";
import { qrCode } from "../model/qr_code.ts";
import type { PreviewView } from "../webview/messages.ts";
import { openOurs, tell, tellFailure } from "./dialogs.ts";
import { pageHtml, pageOptions } from "./page.ts";

const BODY = `<main>
<h1 id="name"></h1>
<p id="state" role="status"></p>
<progress id="progress" max="1"></progress>
<section id="problems" hidden><h2>What is wrong</h2><ul id="problem-list"></ul></section>
<figure id="code" hidden><svg id="qr" role="img" aria-label="QR code of the phone link"></svg>
<figcaption>Scan it with your phone's camera.</figcaption></figure>
<p class="actions" id="actions" hidden>
<button id="copy">Copy Link</button><button id="open" class="secondary">Open Here</button>
<button id="stop" class="secondary">Stop</button></p>
<section id="phones" hidden><h2>Phones</h2><ul id="phone-list"></ul></section>
<section id="skipped" hidden><h2>Not sent, since it may be secret</h2><ul id="skipped-list"></ul></section>
</main>`;
const STATES: Readonly<Record<string, string>> = {
  preparing: "Looking at the files …",
  uploading: "Uploading what changed …",
  building: "Building …",
  failed: "The preview could not be built.",
};

export class PreviewPanel implements vscode.Disposable {
  readonly #extension: vscode.Uri;
  readonly #origins: () => Promise<readonly [string, ...string[]]>;
  #panel: vscode.WebviewPanel | undefined;
  #followed = "";
  #shown: LocalPreview | undefined;

  /** `origins`: our own hosts, to which a link may lead. */
  constructor(extension: vscode.Uri, origins: () => Promise<readonly [string, ...string[]]>) {
    this.#extension = extension;
    this.#origins = origins;
  }

  /** Show this preview from now on, and no older one. */
  follow(id: string): void {
    this.#followed = id;
  }

  show(preview: LocalPreview): void {
    if (this.#followed === "" || this.#followed === preview.id) {
      this.#followed = preview.id;
      this.#shown = preview;
      this.#post();
    }
  }

  /** Close it if it shows a preview that is gone. */
  ended(id: string): void {
    if (this.#followed === id) {
      this.#panel?.dispose();
      this.#followed = "";
      this.#shown = undefined;
    }
  }

  reveal(): void {
    if (this.#panel) {
      this.#panel.reveal(vscode.ViewColumn.Beside, true);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      "hivesync.preview",
      "HiveSync Preview",
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
      script: "preview.js",
      title: "HiveSync Preview",
      body: BODY,
    });
    this.#panel = panel;
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  async #hear(message: unknown): Promise<void> {
    const act = isObject(message) ? message["act"] : undefined;
    const link = this.#shown?.preview_url ?? "";
    if (act === "ready") {
      this.#post();
    } else if (act === "copy" && link) {
      await vscode.env.clipboard.writeText(link);
      tell("The phone link is in the clipboard. It opens for ten minutes.");
    } else if (act === "open" && link) {
      await openOurs(link, await this.#origins());
    } else if (act === "stop") {
      await vscode.commands.executeCommand("hivesync.stopPreview");
    }
  }

  #post(): void {
    if (this.#shown) {
      void this.#panel?.webview.postMessage(viewOf(this.#shown));
    }
  }
}

function viewOf(preview: LocalPreview): PreviewView {
  const { state, preview_url: link = "", live = false } = preview;
  const problems = (preview.diagnostics ?? []).map(({ file, line, message }) =>
    plainLine(file ? `${file}:${String(line)}: ${message}` : message),
  );
  return {
    name: plainLine([basename(preview.root), preview.entry].filter(Boolean).join(" · ")),
    state:
      state === "ready" ? (live ? "Live: it changes with every save." : "Ready.") : (STATES[state] ?? state),
    isPending: state !== "ready" && state !== "failed",
    share: progressOf(preview),
    isLive: live,
    // Nobody has to look at a build that failed and that no save can mend.
    qr: link && (live || state !== "failed") ? qrCode(link) : undefined,
    problems: problems.length === 0 && preview.error ? [plainLine(preview.error.message)] : problems,
    phones: (preview.devices ?? []).map(({ name }) => plainLine(name)),
    skipped: (preview.skipped ?? []).map((path) => plainLine(path)),
  };
}

function progressOf({
  state,
  uploaded_bytes: done = 0,
  total_bytes: all = 0,
}: LocalPreview): number | undefined {
  return state === "uploading" && all > 0 ? done / all : undefined;
}
