/** Checks a page by axe-core, in light and in dark colours. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
/** WCAG 2.2 AA, and axe's own good practice; but the heading of a page may be in the app's frame. */
const OPTIONS = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  rules: { "page-has-heading-one": { enabled: false } },
};

/** Give what a person would stumble over, as "colours: rule at element". */
export async function findBarriers(page: Page): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(AXE);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // The app's frame is its author's.
    const run = `axe.run({ exclude: [["iframe"]] }, ${JSON.stringify(OPTIONS)})`;
    const { violations } = await page.evaluate<AxeResults>(run);
    for (const { id, nodes } of violations)
      found.push(`${colorScheme}: ${id} at ${nodes.map(({ target }) => String(target)).join(", ")}`);
  }
  return found;
}
