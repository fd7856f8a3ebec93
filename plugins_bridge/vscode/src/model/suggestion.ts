/** A suggested change: applied to the text it was made for, or to what has become of it, or not at all. */
import { applyPatch } from "diff";

/** Give the changed text; undefined if the diff does not fit, since a near miss could spoil the file. */
export function suggestedText(current: string, diff: string): string | undefined {
  try {
    const changed = applyPatch(current, diff, { fuzzFactor: 0 });
    return changed === false ? undefined : changed;
  } catch {
    return undefined; // not a diff of one file
  }
}
