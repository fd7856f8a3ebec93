/** Signing in and out: by the agent, by the command, or with the editor's own session where neither is there. */
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import type { Client } from "../client/client.ts";
import { HiveSyncError } from "../client/errors.ts";
import type { Session as AgentSession } from "../contract.gen.ts";
import { canStart, startAgent } from "./agent_starter.ts";
import { openOurs, tell, withProgress, type Progress } from "./dialogs.ts";
import { messageLine } from "../client/plain_text.ts";
import type { Session } from "./session.ts";

const POLL_MS = 1000;
const COMMAND_MS = 30_000;

export class SignIn {
  readonly #client: Client;
  readonly #session: Session;

  constructor(client: Client, session: Session) {
    this.#client = client;
    this.#session = session;
  }

  async logIn(): Promise<void> {
    let standing = await this.#session.refresh();
    if (standing.mode !== "proxy" && (await canStart(this.#client))) {
      await startAgent(this.#client, this.#session);
      standing = await this.#session.refresh();
    }
    if (standing.user) {
      tell(`You are signed in as ${standing.user.username}.`);
      return;
    }
    if (standing.reason === "AGENT_OF_ANOTHER_BACKEND") {
      throw new HiveSyncError("VALIDATION_ERROR", standing.modeDetail);
    }
    await (standing.mode === "proxy" ? this.#byAgent() : this.#byOurselves());
    this.#client.forgetTokens();
    const { user } = await this.#session.refresh();
    if (user) {
      tell(`You are signed in as ${user.username}.`);
    }
  }

  async logOut(): Promise<void> {
    const { mode } = await this.#session.refresh();
    if (mode === "proxy") {
      await this.#client.request("DELETE", "/v1/session");
    } else if (await canStart(this.#client)) {
      const printed = await this.#client.command.run(["logout"], COMMAND_MS);
      if (printed.code !== 0) {
        throw new HiveSyncError("INTERNAL_ERROR", printed.error.trim() || "You could not be signed out.");
      }
    }
    try {
      // Also the session of our own, from a time when neither was there.
      await this.#client.endOwnSession();
    } finally {
      await this.#session.refresh();
    }
    tell("You are signed out of HiveSync.");
  }

  async #byAgent(): Promise<void> {
    const { pending } = await this.#client.request<AgentSession>("POST", "/v1/session/login", { body: {} });
    if (!pending) {
      return;
    }
    await this.#withCode(pending.user_code, pending.verification_uri_complete, async ({ signal }) => {
      for (;;) {
        await sleep(POLL_MS, undefined, { signal });
        const now = await this.#client.get<AgentSession>("/v1/session", { signal });
        if (now.signed_in) {
          return;
        }
        if (!now.pending) {
          throw new HiveSyncError("AUTH_INVALID", now.error ?? "The sign-in ended without a session.");
        }
      }
    });
  }

  async #byOurselves(): Promise<void> {
    const code = await this.#client.ownSession.start();
    await this.#withCode(code.userCode, code.link, ({ signal }) =>
      this.#client.ownSession.finish(code, signal),
    );
  }

  /** Show the code and open the page; the code stands beside the wait, so that it can be compared. */
  async #withCode(code: string, link: string, wait: (progress: Progress) => Promise<void>): Promise<void> {
    const asked = `Confirm the code ${messageLine(code)} in your browser to sign in to HiveSync.`;
    const chosen = await vscode.window.showInformationMessage(asked, "Open Browser", "Copy Link");
    if (chosen === undefined) {
      return;
    }
    if (chosen === "Copy Link") {
      await vscode.env.clipboard.writeText(link);
    } else {
      await openOurs(link, [this.#client.backend]);
    }
    await withProgress(`HiveSync sign-in: code ${code}`, async (progress) => {
      progress.report("waiting for your browser");
      await wait(progress);
    });
  }
}
