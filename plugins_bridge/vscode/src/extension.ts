/** Wires the parts together. Does nothing itself. */
import { homedir } from "node:os";
import * as vscode from "vscode";
import { Client } from "./client/client.ts";
import { startAgent } from "./editor/agent_starter.ts";
import { AiDocs } from "./editor/ai_docs.ts";
import { AiDocsPanel } from "./editor/ai_docs_panel.ts";
import { BuildDiagnostics } from "./editor/build_diagnostics.ts";
import { register } from "./editor/commands.ts";
import { Doctor } from "./editor/doctor.ts";
import { LineComments } from "./editor/line_comments.ts";
import { openMenu } from "./editor/menu.ts";
import { Notifications } from "./editor/notifications.ts";
import { PhoneConsole } from "./editor/phone_console.ts";
import { PreviewPanel } from "./editor/preview_panel.ts";
import { Previews } from "./editor/previews.ts";
import { Session } from "./editor/session.ts";
import { SignIn } from "./editor/sign_in.ts";
import { StatusBar } from "./editor/status_bar.ts";
import { Subjects } from "./editor/subjects.ts";
import { Suggestions } from "./editor/suggestions.ts";
import { Tasks } from "./editor/tasks.ts";
import { WorkspaceProjects } from "./editor/workspace_projects.ts";
import { ownOrigins } from "./model/own_origins.ts";
import { CLIENT_NAME } from "./version.ts";

const LAST_SERVER = "hivesync.lastServerUrl";

export function activate(context: vscode.ExtensionContext): void {
  const client = newClient(context);
  const session = new Session(client);
  const projects = new WorkspaceProjects(client, context.workspaceState);
  const panel = new PreviewPanel(context.extensionUri, () => ownOrigins(client));
  const diagnostics = new BuildDiagnostics(session);
  const previews = new Previews({ client, session, panel, diagnostics, projects });
  const suggestions = new Suggestions();
  const docsPanel = new AiDocsPanel(context.extensionUri);
  const aiDocs = new AiDocs({ client, projects, panel: docsPanel, suggestions });
  const tasks = new Tasks(client, session, projects);
  const notifications = new Notifications(client, session, new Subjects(client, projects));
  const comments = new LineComments(client, session, projects);
  const phoneConsole = new PhoneConsole(session);
  const doctor = new Doctor(client, session);
  const signIn = new SignIn(client, session);
  context.subscriptions.push(
    ...[session, panel, diagnostics, previews, suggestions, docsPanel, tasks, notifications, comments],
    ...[phoneConsole, doctor, new StatusBar(session, previews)],
    vscode.window.createTreeView("hivesync.tasks", { treeDataProvider: tasks }),
    vscode.window.createTreeView("hivesync.notifications", { treeDataProvider: notifications }),
    session.onChange(() => void context.globalState.update(LAST_SERVER, client.backend)),
    new vscode.Disposable(() => {
      client.close();
    }),
  );
  register(context, {
    menu: () => openMenu(session),
    startAgent: () => startAgent(client, session),
    logIn: () => signIn.logIn(),
    logOut: () => signIn.logOut(),
    doctor: () => doctor.run(),
    requestPreview: (uri?: vscode.Uri) => previews.request(uri, false),
    livePreview: (uri?: vscode.Uri) => previews.request(uri, true),
    stopPreview: () => previews.stop(),
    showPreview: () => previews.show(),
    showConsole: () => {
      phoneConsole.show();
    },
    generateAiDocs: (uri?: vscode.Uri) => aiDocs.generate(uri),
    showSuggestedChange: (uri: vscode.Uri) => suggestions.show(uri),
    applySuggestedChange: (uri?: vscode.Uri) => suggestions.apply(uri),
    openTasks: () => vscode.commands.executeCommand("hivesync.tasks.focus"),
    refreshTasks: () => {
      tasks.refresh();
    },
    createTask: tasks.create.bind(tasks),
    openTask: tasks.open.bind(tasks),
    changeTaskStatus: tasks.changeStatus.bind(tasks),
    commentOnTask: tasks.comment.bind(tasks),
    openComments: () => comments.open(),
    replyToComment: comments.reply.bind(comments),
    showNotifications: () => vscode.commands.executeCommand("hivesync.notifications.focus"),
    openNotification: notifications.open.bind(notifications),
    markNotificationRead: notifications.markRead.bind(notifications),
    markAllNotificationsRead: () => notifications.markAllRead(),
  });
  context.subscriptions.push(session.start());
}

function newClient(context: vscode.ExtensionContext): Client {
  return new Client({
    machine: { platform: process.platform, home: homedir(), environment: process.env },
    clientName: CLIENT_NAME,
    lastServerUrl: context.globalState.get<string>(LAST_SERVER),
    secrets: {
      get: async (key) => context.secrets.get(key),
      set: async (key, value) => context.secrets.store(key, value),
      delete: async (key) => context.secrets.delete(key),
    },
  });
}
