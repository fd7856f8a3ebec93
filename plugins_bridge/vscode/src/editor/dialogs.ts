/** VS Code's messages, choices and progress. What others wrote reaches them as text only. */
import * as vscode from "vscode";
import { AgentAbsent, asHiveSyncError, needsUpdate, type HiveSyncError } from "../client/errors.ts";
import { isObject } from "../client/json.ts";
import { allowedLink } from "../client/origin.ts";
import { labelLine, messageLine } from "../client/plain_text.ts";

export interface Progress {
  report(message: string): void;
  readonly signal: AbortSignal;
}

/** The user has cancelled: nothing to tell. */
export class Cancelled extends Error {}

export function tell(message: string): void {
  void vscode.window.showInformationMessage(messageLine(message));
}

/** Say what went wrong, and offer what helps. */
export async function tellFailure(error: unknown): Promise<void> {
  if (error instanceof Cancelled || (error instanceof Error && error.name === "AbortError")) {
    return;
  }
  const failure = asHiveSyncError(error);
  const remedy = remedyOf(failure);
  const chosen = await vscode.window.showErrorMessage(
    messageLine(sentence(failure)),
    ...(remedy ? [remedy.title] : []),
  );
  if (remedy && chosen === remedy.title) {
    await vscode.commands.executeCommand(remedy.command);
  }
}

/** Give the failure in words, with what a limit allows. */
export function sentence(failure: HiveSyncError): string {
  const { body } = failure;
  const resets = isObject(body) && typeof body["reset_at"] === "string" ? body["reset_at"] : undefined;
  const reset = resets === undefined ? undefined : new Date(resets);
  if (failure.code === "TIER_LIMIT" && reset && !Number.isNaN(reset.getTime())) {
    return `${failure.message} Available again ${reset.toLocaleString()}.`;
  }
  return failure.message;
}

/** Run with a cancellable progress message. */
export function withProgress<T>(title: string, task: (progress: Progress) => Promise<T>): Thenable<T> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: messageLine(title),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (bar, token) => {
    const cancelling = new AbortController();
    const listening = token.onCancellationRequested(() => {
      cancelling.abort();
    });
    try {
      return await task({
        signal: cancelling.signal,
        report: (message) => {
          bar.report({ message: messageLine(message) });
        },
      });
    } finally {
      listening.dispose();
    }
  });
}

/** Give a view's items; none while nobody is signed in or answers, since the view itself says so then. */
export async function itemsOf<T>(list: Promise<T[]>): Promise<T[]> {
  try {
    return await list;
  } catch (error) {
    if (["AUTH_REQUIRED", "UPSTREAM_UNREACHABLE"].includes(asHiveSyncError(error).code)) {
      return [];
    }
    throw error;
  }
}

export interface Choice<T> {
  label: string;
  value: T;
  icon?: string;
  description?: string;
  detail?: string;
  /** A heading in front of it. */
  section?: string;
}

/** Let the user pick one; undefined if they don't. */
export async function choose<T>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
  const items = choices.flatMap(({ label, value, icon, description, detail, section }) => [
    ...(section ? [{ label: labelLine(section), kind: vscode.QuickPickItemKind.Separator, value }] : []),
    {
      label: (icon ? `$(${icon}) ` : "") + labelLine(label),
      description: labelLine(description ?? ""),
      ...(detail ? { detail: labelLine(detail) } : {}),
      value,
    },
  ]);
  const options = { title: labelLine(title), placeHolder: labelLine(title), matchOnDescription: true };
  return (await vscode.window.showQuickPick(items, options))?.value;
}

/** Open a link in the user's browser if it leads to our own hosts. */
export async function openOurs(link: string, origins: readonly [string, ...string[]]): Promise<void> {
  const allowed = allowedLink(link, origins);
  if (allowed === undefined) {
    tell("The link does not lead to HiveSync, so it was not opened.");
    return;
  }
  await vscode.env.openExternal(vscode.Uri.parse(allowed, true));
}

function remedyOf(failure: HiveSyncError): { title: string; command: string } | undefined {
  if (failure.code === "AUTH_REQUIRED") {
    return { title: "Log In", command: "hivesync.logIn" };
  }
  if (failure instanceof AgentAbsent && !needsUpdate(failure.reason)) {
    return { title: "Start Agent", command: "hivesync.startAgent" };
  }
  return ["UPSTREAM_UNREACHABLE", "PROTOCOL_UNSUPPORTED"].includes(failure.code)
    ? { title: "Run Doctor", command: "hivesync.doctor" }
    : undefined;
}
