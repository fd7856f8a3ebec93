/** Registers commands: each failure is told once, in the same way. */
import * as vscode from "vscode";
import { tellFailure } from "./dialogs.ts";

type Handler = (...args: never[]) => unknown;

/** A failure that has been told; the editor learns of it, too, since it drops what was typed after a success. */
export class Told extends Error {}

/** Register commands by their names without `hivesync.`. */
export function register(
  context: vscode.ExtensionContext,
  handlers: Readonly<Record<string, Handler>>,
): void {
  for (const [name, handler] of Object.entries(handlers)) {
    const run = async (...args: never[]): Promise<void> => {
      try {
        await handler(...args);
      } catch (error) {
        if (error instanceof Told) {
          throw error;
        }
        await tellFailure(error);
      }
    };
    context.subscriptions.push(vscode.commands.registerCommand(`hivesync.${name}`, run));
  }
}
