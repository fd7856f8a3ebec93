/** What is wrong, and what to do: the extension's own view first, then what `hivesync doctor` finds. */
import * as vscode from "vscode";
import type { Client } from "../client/client.ts";
import { CommandMissing } from "../client/command.ts";
import { plainText } from "../client/plain_text.ts";
import { VERSION } from "../version.ts";
import { sentence, withProgress } from "./dialogs.ts";
import type { Standing } from "../model/standing.ts";
import type { Session } from "./session.ts";

const DOCTOR_MS = 90_000;
const MODES: Readonly<Record<Standing["mode"], string>> = {
  proxy: "by the agent",
  direct: "direct, without the agent",
  none: "none",
};

export class Doctor implements vscode.Disposable {
  readonly #client: Client;
  readonly #session: Session;
  readonly #channel = vscode.window.createOutputChannel("HiveSync Doctor");

  constructor(client: Client, session: Session) {
    this.#client = client;
    this.#session = session;
  }

  async run(): Promise<void> {
    await withProgress("HiveSync doctor", async ({ signal }) => {
      const standing = await this.#session.refresh();
      this.#channel.clear();
      this.#channel.appendLine(this.#ownView(standing).join("\n"));
      this.#channel.show(true);
      this.#channel.appendLine(await this.#commandsView(signal));
    });
  }

  dispose(): void {
    this.#channel.dispose();
  }

  #ownView(standing: Standing): string[] {
    return [
      `HiveSync for VS Code ${VERSION} (VS Code ${vscode.version})`,
      `Runs on      ${vscode.env.remoteName ?? "this machine"}`,
      `Way          ${MODES[standing.mode]}: ${plainText(standing.modeDetail)}`,
      `Backend      ${this.#client.backend}`,
      `Signed in    ${standing.user ? plainText(standing.user.username) : "no"}`,
      `Workspace    ${vscode.workspace.isTrusted ? "trusted" : "not trusted: no previews and AI docs"}`,
      ...(standing.problem ? [`Problem      ${plainText(sentence(standing.problem))}`] : []),
      "",
    ];
  }

  async #commandsView(signal: AbortSignal): Promise<string> {
    try {
      const printed = await this.#client.command.run(["doctor"], DOCTOR_MS, { NO_COLOR: "1" }, signal);
      return plainText(printed.out + printed.error);
    } catch (error) {
      if (error instanceof CommandMissing) {
        return error.message;
      }
      throw error;
    }
  }
}
