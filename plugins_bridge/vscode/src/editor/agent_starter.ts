/** Starts the agent by the `hivesync` command. */
import type { Client } from "../client/client.ts";
import { HiveSyncError } from "../client/errors.ts";
import { tell, withProgress } from "./dialogs.ts";
import type { Session } from "./session.ts";

const START_MS = 30_000;

/** Start it, and wait until it answers. Rejects with `CommandMissing`, or with what the command said. */
export async function startAgent(client: Client, session: Session): Promise<void> {
  await withProgress("Starting the HiveSync agent", async ({ signal }) => {
    const printed = await client.command.run(["agent", "start"], START_MS, {}, signal);
    if (printed.code !== 0) {
      throw new HiveSyncError("INTERNAL_ERROR", printed.error.trim() || "The agent did not start.");
    }
  });
  const { mode, modeDetail } = await session.refresh();
  tell(mode === "proxy" ? "The HiveSync agent runs." : modeDetail);
}

/** Tell whether the command is there, so that starting can be offered. */
export async function canStart(client: Client): Promise<boolean> {
  return (await client.command.find()) !== undefined;
}
