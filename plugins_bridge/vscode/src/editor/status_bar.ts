/** The status-bar item: who is signed in, pending previews, unread notifications; the way only on hover. */
import * as vscode from "vscode";
import { plainLine } from "../client/plain_text.ts";
import { needsCare, textOf, tooltipOf } from "../model/standing.ts";
import type { Previews } from "./previews.ts";
import type { Session } from "./session.ts";

export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #session: Session;
  readonly #previews: Previews;
  readonly #listening: vscode.Disposable[];

  constructor(session: Session, previews: Previews) {
    this.#session = session;
    this.#previews = previews;
    this.#item = vscode.window.createStatusBarItem("hivesync.status", vscode.StatusBarAlignment.Left, 50);
    this.#item.name = "HiveSync";
    this.#item.command = "hivesync.menu";
    const show = (): void => {
      this.#show();
    };
    this.#listening = [session.onChange(show), previews.onChange(show)];
    this.#show();
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
    vscode.Disposable.from(...this.#listening).dispose();
  }

  #show(): void {
    const standing = this.#session.standing;
    this.#item.text = textOf(standing, this.#previews.pending);
    const tooltip = tooltipOf(standing, this.#previews.pending);
    this.#item.tooltip = tooltip;
    const isBad = standing !== undefined && (needsCare(standing) || standing.conflicts > 0);
    this.#item.backgroundColor = isBad ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.#item.accessibilityInformation = { label: `HiveSync. ${plainLine(tooltip)}` };
  }
}
