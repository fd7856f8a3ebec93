/**
 * What an agent has accepted and not sent yet. While no agent runs, a later change must not overtake it.
 *
 * Reads the agent's files and writes none. A file that can't be read hinders nobody: the agent will keep it aside.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Call } from "./call.ts";
import { isObject, parseJson } from "./json.ts";

/** Tell whether another change of the same resource waits in an operations folder. */
export async function waits(folder: string, call: Call): Promise<boolean> {
  const resource = call.path.split("?", 1)[0];
  for (const [path, key] of await waiting(folder)) {
    if (path === resource && key !== call.headers["Idempotency-Key"]) {
      return true;
    }
  }
  return false;
}

async function waiting(folder: string): Promise<[path: string, key: string][]> {
  const names = await readdir(folder).catch((): string[] => []);
  const files = names.filter((name) => name.endsWith(".json") && !name.startsWith("."));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8").catch(() => "")));
  return texts.flatMap((text) => {
    // The first line is a checksum. A conflict is the user's to decide.
    const entry = parseJson(text.slice(text.indexOf("\n") + 1));
    const isWaiting = isObject(entry) && entry["conflict"] === null && typeof entry["target"] === "string";
    return isWaiting ? [[String(entry["target"]).split("?", 1)[0] ?? "", String(entry["key"])]] : [];
  });
}
