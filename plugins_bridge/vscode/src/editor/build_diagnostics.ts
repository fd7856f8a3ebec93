/** Build errors and warnings as the editor's own diagnostics: the last build of a preview says all of them anew. */
import * as vscode from "vscode";
import type { HiveSyncEvent } from "../client/event_stream.ts";
import { isObject } from "../client/json.ts";
import { plainText } from "../client/plain_text.ts";
import type {
  LocalDiagnostic,
  LocalPreview,
  LocalWarning,
  PreviewDiagnosticsEvent,
} from "../contract.gen.ts";
import type { Session } from "./session.ts";

type Found = Pick<LocalPreview, "diagnostics" | "warnings">;

export class BuildDiagnostics implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection("hivesync");
  readonly #byRoot = new Map<string, Found>();
  readonly #listening: vscode.Disposable;

  constructor(session: Session) {
    this.#listening = session.onEvent((event) => {
      this.#hear(event);
    });
  }

  /** Take what a preview's last build said. */
  take(preview: LocalPreview): void {
    if (preview.state === "ready" || preview.state === "failed") {
      this.#replace(preview.root, preview);
    }
  }

  dispose(): void {
    this.#listening.dispose();
    this.#collection.dispose();
  }

  #hear({ type, data }: HiveSyncEvent): void {
    if (type === "preview.diagnostics" && isObject(data)) {
      const event = data as unknown as PreviewDiagnosticsEvent;
      this.#replace(event.root, event);
    }
  }

  #replace(root: string, found: Found): void {
    this.#byRoot.set(root, found);
    this.#collection.clear();
    const byPath = new Map<string, vscode.Diagnostic[]>();
    for (const { diagnostics = [], warnings = [] } of this.#byRoot.values()) {
      add(byPath, diagnostics, vscode.DiagnosticSeverity.Error);
      add(byPath, warnings, vscode.DiagnosticSeverity.Warning);
    }
    for (const [path, diagnostics] of byPath) {
      this.#collection.set(vscode.Uri.file(path), diagnostics);
    }
  }
}

function add(
  byPath: Map<string, vscode.Diagnostic[]>,
  found: readonly (LocalDiagnostic | LocalWarning)[],
  severity: vscode.DiagnosticSeverity,
): void {
  for (const each of found.filter(({ path }) => path !== "")) {
    byPath.set(each.path, [...(byPath.get(each.path) ?? []), diagnostic(each, severity)]);
  }
}

function diagnostic(
  found: LocalDiagnostic | LocalWarning,
  severity: vscode.DiagnosticSeverity,
): vscode.Diagnostic {
  const line = Math.max(0, found.line - 1);
  const start = new vscode.Position(line, Math.max(0, found.column - 1));
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === found.path);
  const word = document && line < document.lineCount ? document.getWordRangeAtPosition(start) : undefined;
  const text = found.hint ? `${found.message}\n${found.hint}` : found.message;
  const shown = new vscode.Diagnostic(
    word ?? new vscode.Range(start, start.translate(0, 1)),
    plainText(text),
    severity,
  );
  shown.source = "HiveSync";
  if ("code" in found) {
    shown.code = found.code;
  }
  return shown;
}
