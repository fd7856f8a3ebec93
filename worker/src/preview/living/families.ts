/**
 * Tells the phone which functions of a module may be components, so that React's Fast Refresh can put the new
 * ones in the place of the old. Babel does this in a transform of its own; here a last line asks by name, which
 * is harmless where a name turns out to be none: `typeof` takes what was never declared.
 */
import { isScript } from "../media.ts";

const DECLARED = /^(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function|const|let|var|class)\s+([A-Z]\w*)/gm;

/** Give the code with the components of its top level told to the phone; its lines stay where they are. */
export function tellFamilies(path: string, code: string): string {
  if (!isScript(path) || path.split("/").includes("node_modules")) return code;
  const names = new Set([...code.matchAll(DECLARED)].map(([, name]) => name ?? ""));
  if (names.size === 0) return code;
  const told = [...names].map((name) => `typeof ${name}!=="undefined"&&${tell(name)}`);
  return `${code}\n;${told.join(";")};`;
}

function tell(name: string): string {
  return `globalThis.__hivesync.family(${JSON.stringify(name)},()=>${name})`;
}
