/** Notifications: a list beside the code, read and marked as read, and a message for new ones. */
import * as vscode from "vscode";
import { segment } from "../client/call.ts";
import type { Client } from "../client/client.ts";
import type { HiveSyncEvent } from "../client/event_stream.ts";
import { isObject } from "../client/json.ts";
import { messageLine, plainLine } from "../client/plain_text.ts";
import type { Notification } from "../contract.gen.ts";
import { change } from "./changes.ts";
import { itemsOf, tellFailure } from "./dialogs.ts";
import { ageOf } from "../model/age.ts";
import type { Session } from "./session.ts";
import type { Subjects } from "./subjects.ts";

const ICONS: Readonly<Record<string, string>> = {
  task_assigned: "checklist",
  task_completed: "pass",
  comment_added: "comment",
  mention: "mention",
  preview_ready: "device-mobile",
  preview_failed: "error",
  ai_docs_ready: "book",
  team_invite: "person-add",
  team_joined: "organization",
};
const SHOWN_MAX = 100;

export class Notifications implements vscode.TreeDataProvider<Notification>, vscode.Disposable {
  readonly #client: Client;
  readonly #session: Session;
  readonly #subjects: Subjects;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #listening: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(client: Client, session: Session, subjects: Subjects) {
    this.#client = client;
    this.#subjects = subjects;
    this.#session = session;
    let seen = "";
    this.#listening = vscode.Disposable.from(
      session.onEvent((event) => {
        this.#hear(event);
      }),
      session.onChange(({ user, unread, online }) => {
        // Tiers without live push see what is new by its number.
        const now = `${user?.id ?? ""} ${String(unread)} ${String(online)}`;
        if (now !== seen) {
          seen = now;
          this.refresh();
        }
      }),
    );
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  getChildren(node?: Notification): Promise<Notification[]> {
    return node
      ? Promise.resolve([])
      : itemsOf(this.#client.list<Notification>("/api/v1/notifications", {}, SHOWN_MAX));
  }

  getTreeItem(notification: Notification): vscode.TreeItem {
    const { id, type, text, read, created_at: at } = notification;
    const item = new vscode.TreeItem(plainLine(text));
    item.id = id;
    const unread = new vscode.ThemeColor("notificationsInfoIcon.foreground");
    item.iconPath = new vscode.ThemeIcon(ICONS[type] ?? "bell", read ? undefined : unread);
    item.contextValue = read ? "hivesync.notification.read" : "hivesync.notification.unread";
    item.description = `${read ? "" : "unread, "}${ageOf(at)}`;
    item.tooltip = `${plainLine(text, 2000)}\n${new Date(at).toLocaleString()}`;
    item.accessibilityInformation = { label: `${plainLine(text)}, ${item.description}` };
    item.command = { command: "hivesync.openNotification", title: "Open", arguments: [notification] };
    return item;
  }

  /** Show what it is about, and mark it as read. */
  async open(notification: Notification): Promise<void> {
    if (!notification.read) {
      await this.markRead(notification);
    }
    await this.#subjects.open(notification);
  }

  async markRead(notification: Notification): Promise<void> {
    const path = `/api/v1/notifications/${segment(notification.id)}`;
    await change(this.#client, "PATCH", path, { body: { read: true } });
    await this.#session.refresh();
    this.refresh();
  }

  async markAllRead(): Promise<void> {
    await change(this.#client, "POST", "/api/v1/notifications/read", { body: {} });
    await this.#session.refresh();
    this.refresh();
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }

  #hear({ type, data }: HiveSyncEvent): void {
    if (type === "reset") {
      this.refresh();
    }
    if (type !== "notification.created" || !isObject(data) || !isObject(data["notification"])) {
      return;
    }
    this.refresh();
    const { text } = data["notification"] as unknown as Notification;
    if (vscode.workspace.getConfiguration("hivesync").get<boolean>("notifications.messages", true)) {
      this.#tell(text).catch(tellFailure);
    }
  }

  async #tell(text: string): Promise<void> {
    const chosen = await vscode.window.showInformationMessage(messageLine(text), "Show Notifications");
    if (chosen) {
      await vscode.commands.executeCommand("hivesync.showNotifications");
    }
  }
}
