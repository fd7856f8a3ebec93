/** Where links and uploads of a backend may lead: to itself, which comes first, and to what its health answer names. */
import type { Client } from "../client/client.ts";
import type { Health } from "../contract.gen.ts";

export async function ownOrigins(
  client: Pick<Client, "get" | "backend">,
  signal?: AbortSignal,
): Promise<[string, ...string[]]> {
  const { upload_origins: named } = await client.get<Health>("/api/v1/health", signal ? { signal } : {});
  return [client.backend, ...named];
}
