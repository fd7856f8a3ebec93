/** The file that the user looks at, whatever shows it: an image and a binary file have no text editor. */
import * as vscode from "vscode";

export function fileInFront(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const isFile = input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom;
  // A page of ours may have the focus; the text beside it is still meant.
  return isFile ? input.uri : vscode.window.activeTextEditor?.document.uri;
}
