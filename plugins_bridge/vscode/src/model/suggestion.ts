/** A suggested change: applied to the text it was made for, or to what has become of it, or not at all. */
import { applyPatch } from "diff";

/** A long hunk that nearly fits everywhere in a long file would be compared for minutes, and the editor would wait. */
const COMPARISONS_MAX = 2_000_000;

/** Give the changed text; undefined if the diff does not fit, since a near miss could spoil the file. */
export function suggestedText(current: string, diff: string): string | undefined {
  let comparisons = 0;
  const compareLine = (_number: number, line: string, _operation: string, wanted: string): boolean => {
    comparisons += 1;
    if (comparisons > COMPARISONS_MAX) {
      throw new RangeError("The diff fits in too many places, or nearly.");
    }
    return line === wanted;
  };
  try {
    const changed = applyPatch(current, diff, { fuzzFactor: 0, compareLine });
    return changed === false ? undefined : changed;
  } catch {
    return undefined; // not a diff of one file, or an endless one
  }
}
