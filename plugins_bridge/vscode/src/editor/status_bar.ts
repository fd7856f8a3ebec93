/** The status-bar item: who is signed in, pending previews, unread notifications; the way only on hover. */
import * as vscode from "vscode";
import { needsUpdate } from "../client/errors.ts";
import { labelLine, plainLine } from "../client/plain_text.ts";
import type { Previews } from "./previews.ts";
import type { Session, Standing } from "./session.ts";

const TIERS: Readonly<Record<string, string>> = { free: "Free", pro: "Pro", premium: "Premium" };

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
    const isBad = (standing !== undefined && needsCare(standing)) || (standing?.conflicts ?? 0) > 0;
    this.#item.backgroundColor = isBad ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.#item.accessibilityInformation = { label: `HiveSync. ${plainLine(tooltip)}` };
  }
}

/** An agent is there that can't be used before something is updated or changed. */
function needsCare({ reason }: Standing): boolean {
  return needsUpdate(reason) || reason === "AGENT_OF_ANOTHER_BACKEND";
}

function textOf(standing: Standing | undefined, pending: number): string {
  if (standing === undefined) {
    return "$(device-mobile) HiveSync";
  }
  if (standing.user === undefined && needsCare(standing)) {
    return "$(warning) HiveSync";
  }
  if (standing.user === undefined) {
    return standing.online ? "$(device-mobile) HiveSync: Log In" : "$(debug-disconnect) HiveSync";
  }
  const parts = [standing.online && !standing.paused ? "$(device-mobile)" : "$(debug-disconnect)"];
  parts.push(TIERS[standing.user.tier] ?? labelLine(standing.user.tier));
  if (pending > 0) {
    parts.push(`$(sync~spin) ${String(pending)}`);
  }
  if (standing.unread > 0) {
    parts.push(`$(bell-dot) ${String(standing.unread)}${standing.unreadMore ? "+" : ""}`);
  }
  if (standing.queued > 0) {
    parts.push(`$(cloud-upload) ${String(standing.queued)}`);
  }
  return parts.join(" ");
}

function tooltipOf(standing: Standing | undefined, pending: number): string {
  if (standing === undefined) {
    return "HiveSync: looking for the agent";
  }
  const { user } = standing;
  const lines = [
    user ? `${plainLine(user.username)}, ${TIERS[user.tier] ?? plainLine(user.tier)}` : "Not signed in",
    standing.mode === "proxy"
      ? "By the HiveSync agent"
      : standing.mode === "direct"
        ? "Direct, without the agent"
        : "",
    standing.mode === "proxy" ? "" : plainLine(standing.modeDetail),
    standing.paused
      ? "Paused: no news comes, and changes that wait go on waiting"
      : standing.online
        ? ""
        : "Offline: what can wait is kept",
    pending > 0 ? `Previews in the making: ${String(pending)}` : "",
    standing.unread > 0
      ? `Unread notifications: ${String(standing.unread)}${standing.unreadMore ? "+" : ""}`
      : "",
    standing.queued > 0 ? `Changes that wait for the network: ${String(standing.queued)}` : "",
    standing.conflicts > 0
      ? `Changes that came back: ${String(standing.conflicts)} (run: hivesync operations)`
      : "",
  ];
  return lines.filter(Boolean).join("\n");
}
