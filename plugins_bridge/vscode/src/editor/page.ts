/** The frame of our webviews: a strict policy, one script and one style sheet of ours, and data by messages only. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

export interface PageParts {
  /** The script's name in `dist/webview`. */
  script: string;
  title: string;
  /** Markup that we wrote; nobody else's text ever stands in it. */
  body: string;
}

export function pageOptions(extension: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    localResourceRoots: [vscode.Uri.joinPath(extension, "dist"), vscode.Uri.joinPath(extension, "media")],
  };
}

export function pageHtml(
  webview: vscode.Webview,
  extension: vscode.Uri,
  { script, title, body }: PageParts,
): string {
  const nonce = randomBytes(16).toString("base64url");
  const address = (...path: string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, ...path)).toString();
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${address("media", "page.css")}">
</head>
<body>
${body}
<script nonce="${nonce}" src="${address("dist", "webview", script)}"></script>
</body>
</html>`;
}
