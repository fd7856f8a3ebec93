/** What the status-bar item opens: everything that can be done now. */
import * as vscode from "vscode";
import { choose, type Choice } from "./dialogs.ts";
import type { Session } from "./session.ts";

const SIGNED_IN: readonly Choice<string>[] = [
  { label: "Request Preview", icon: "device-mobile", value: "requestPreview", section: "Preview" },
  { label: "Live Preview", icon: "broadcast", value: "livePreview" },
  { label: "Show Preview", icon: "open-preview", value: "showPreview" },
  { label: "Stop Preview", icon: "debug-stop", value: "stopPreview" },
  { label: "Show Phone Console", icon: "output", value: "showConsole" },
  { label: "Generate AI Docs", icon: "book", value: "generateAiDocs", section: "Code and team" },
  { label: "Open Tasks", icon: "checklist", value: "openTasks" },
  { label: "Open Comments", icon: "comment", value: "openComments" },
  { label: "Show Notifications", icon: "bell", value: "showNotifications" },
  { label: "Log Out", icon: "sign-out", value: "logOut", section: "HiveSync" },
  { label: "Doctor", icon: "pulse", value: "doctor" },
];
const SIGNED_OUT: readonly Choice<string>[] = [
  { label: "Log In", icon: "sign-in", value: "logIn" },
  { label: "Doctor", icon: "pulse", value: "doctor" },
];
const START: Choice<string> = { label: "Start Agent", icon: "play", value: "startAgent" };

export async function openMenu(session: Session): Promise<void> {
  const { standing } = session;
  const actions = standing?.user ? SIGNED_IN : SIGNED_OUT;
  const name = await choose("HiveSync", standing?.mode !== "proxy" ? [...actions, START] : actions);
  if (name) {
    await vscode.commands.executeCommand(`hivesync.${name}`);
  }
}
