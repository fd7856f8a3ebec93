/** Source maps of what the app runs. They are large and rarely wanted, so they are fetched when first asked for. */
import type { Artifact, Shown } from "../../src/preview/artifact.ts";
import type { PreviewApi } from "./api.ts";
import type { Living } from "./living.ts";
import type { Maps } from "./trace.ts";

/** `living` knows those of what was saved since the version was built. */
export function mapsOf(
  api: PreviewApi,
  token: () => Promise<string>,
  { version }: Artifact,
  { sourceMap }: Shown,
  living: Living | null,
): Maps {
  let fetched: Promise<string> | null = null;
  const text = async (): Promise<string> =>
    (fetched ??= token().then((device) => api.text(device, version, sourceMap)));
  if (!living) return text;
  return async (id) => living.mapOf(id) ?? (JSON.parse(await text()) as Record<string, string>)[id];
}
