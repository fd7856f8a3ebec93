/** Where lines of the phone's console come from: written short, found again when somebody follows the link. */

export interface ConsolePlace {
  /** Absolute. */
  path: string;
  line: number;
  column: number;
}

export interface PlaceFound {
  place: ConsolePlace;
  /** Where it stands in the line of the console. */
  start: number;
  end: number;
}

const PLACES_MAX = 2000;
const GAP = "  ";

export class ConsolePlaces {
  readonly #known = new Map<string, ConsolePlace>();

  /** Give what to write at a line's end for this place; `file` is relative to the project's root. */
  ending(file: string, place: ConsolePlace): string {
    const short = `${file}:${String(place.line)}:${String(place.column)}`;
    // Put at the end again: the oldest goes first, and no app fills the memory by what it logs.
    this.#known.delete(short);
    this.#known.set(short, place);
    for (const oldest of [...this.#known.keys()].slice(0, Math.max(0, this.#known.size - PLACES_MAX))) {
      this.#known.delete(oldest);
    }
    return GAP + short;
  }

  /** Give the place that a line ends with, if it was written here: no app makes links by what it logs. */
  find(line: string): PlaceFound | undefined {
    const start = line.lastIndexOf(GAP) + GAP.length;
    const place = start < GAP.length ? undefined : this.#known.get(line.slice(start));
    return place && { place, start, end: line.length };
  }
}
