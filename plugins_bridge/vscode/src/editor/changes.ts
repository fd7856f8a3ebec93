/** Changes that may wait for the network: being queued is no failure. */
import type { Client, RequestOptions } from "../client/client.ts";
import { HiveSyncError } from "../client/errors.ts";
import { tell } from "./dialogs.ts";

/** Make a change; undefined if the agent keeps it until the backend is back. */
export async function change<T>(
  client: Client,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<T | undefined> {
  try {
    return await client.request<T>(method, path, options);
  } catch (error) {
    if (error instanceof HiveSyncError && error.code === "OFFLINE_QUEUED") {
      tell("You are offline. The change is kept, and sent as soon as HiveSync can be reached.");
      return undefined;
    }
    throw error;
  }
}
