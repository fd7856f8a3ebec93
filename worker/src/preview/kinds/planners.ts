/** One planner for each kind that can be shown. */
import type { PreviewKind, SourceManifest } from "../../contract.gen.ts";
import { WorkerError } from "../../errors.ts";
import type { Sources } from "../sources.ts";
import { planComponent } from "./component.ts";
import { planImage } from "./image.ts";
import { planMarkdown } from "./markdown.ts";
import type { Plan, Planner } from "./plan.ts";
import { planReactNative } from "./react_native.ts";
import { planWeb } from "./web.ts";

const PLANNERS: Partial<Record<PreviewKind, Planner>> = {
  react_native: planReactNative,
  web: planWeb,
  component: planComponent,
  markdown: planMarkdown,
  image: planImage,
};

export function planFor(manifest: SourceManifest, sources: Sources): Plan {
  const planner = PLANNERS[manifest.kind];
  if (!planner) {
    throw new WorkerError(
      "PREVIEW_UNSUPPORTED",
      `A preview of the kind "${manifest.kind}" can't be shown in this version.`,
    );
  }
  return planner(manifest, sources);
}
