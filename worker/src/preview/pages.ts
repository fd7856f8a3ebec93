/** The other pages of a site: those that its markup leads to, each built like the first, with its own scripts. */
import type { Diagnostic, SourceManifest } from "../contract.gen.ts";
import { WorkerError } from "../errors.ts";
import { checkScripts } from "./bundle.ts";
import type { Plan } from "./kinds/plan.ts";
import { planPage } from "./kinds/web.ts";
import { filesFor, targetOf } from "./page_addresses.ts";
import { wholeProgram, type Program } from "./program.ts";
import { fileAtUrl, urlOfFile } from "./project.ts";
import type { Sources } from "./sources.ts";

/** A site of more pages is shown in part: each of them takes its time to build. */
const PAGES_MAX = 30;

export interface BuiltPage {
  readonly url: string;
  readonly plan: Plan;
  readonly program: Program;
}

export interface Pages {
  readonly built: readonly BuiltPage[];
  /** Why pages are missing: the site is shown without them, as a server would show it. */
  readonly warnings: readonly Diagnostic[];
}

export async function buildPages(manifest: SourceManifest, sources: Sources, first: Plan): Promise<Pages> {
  const built: BuiltPage[] = [];
  const warnings: Diagnostic[] = [];
  const known = new Set([manifest.entry]);
  const waiting = linkedFrom(first, manifest.entry);
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    if (known.has(file)) continue;
    known.add(file);
    if (built.length === PAGES_MAX) return { built, warnings: [...warnings, tooMany(file)] };
    try {
      const plan = planPage(manifest, sources, file);
      await checkScripts(plan.project, plan.plainScripts);
      const program = await wholeProgram(plan, `page-${built.length + 1}`);
      built.push({ url: urlOfFile(plan.project, file), plan, program });
      waiting.push(...linkedFrom(plan, file));
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      warnings.push(unshown(file, error));
    }
  }
  return { built, warnings };
}

/** Give the project's pages that the markup of one leads to. */
function linkedFrom({ project, links }: Plan, file: string): string[] {
  const from = urlOfFile(project, file);
  return links.flatMap((href) => {
    const target = targetOf(href, from);
    const found = (target ? filesFor(target.path) : [])
      .map((url) => fileAtUrl(project, url))
      .find((path) => path !== null && /\.html?$/i.test(path));
    return found ?? [];
  });
}

function unshown(file: string, { detail, diagnostic }: WorkerError): Diagnostic {
  const hint = "A link to this page leads nowhere in the preview until it can be built.";
  return { file, ...diagnostic, message: `${file} is not shown: ${detail}`, hint };
}

function tooMany(file: string): Diagnostic {
  const message = `Of this site ${PAGES_MAX} linked pages are shown; ${file} is not.`;
  return { message, file, hint: "Preview that page by itself to see it." };
}
