/** What a kind decides before the bundler runs. */
import type { SourceManifest } from "../../contract.gen.ts";
import type { Page } from "../artifact.ts";
import type { VirtualModule } from "../plugin.ts";
import type { Project } from "../project.ts";
import type { Sources } from "../sources.ts";

export interface Plan {
  readonly project: Project;
  /** Code of the entry module. */
  readonly entry: string;
  readonly virtual: ReadonlyMap<string, VirtualModule>;
  readonly jsxImportSource: string;
  readonly page: Page;
  /** Scripts that are not modules: they run as they stand, so they are only checked. */
  readonly plainScripts: readonly PlainScript[];
  /** Files that the markup shows. */
  readonly assetPaths: readonly string[];
  /** Where the markup's links lead, as they stand there. */
  readonly links: readonly string[];
}

export interface PlainScript {
  readonly file: string;
  readonly code: string;
}

export type Planner = (manifest: SourceManifest, sources: Sources) => Plan;
