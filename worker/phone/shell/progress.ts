/**
 * The way to the first picture, one line a step. Its screen stands in the document itself, so that it is seen
 * before any script has come; here it only moves on.
 */
import { element } from "./dom.ts";

export type Step = "opening" | "preparing" | "building" | "loading";

const PATIENCE_MS = 30_000;

export class Progress {
  readonly screen = element(".working");
  readonly #steps = [...this.screen.querySelectorAll<HTMLElement>("[data-step]")];
  readonly #bar = element("progress", this.screen) as HTMLProgressElement;
  readonly #patience = element(".patience", this.screen);
  #step: Step | null = null;
  #impatient = 0;

  /** Move to a step; `part` of it is done, from 0 to 1, where that is known. Give its name. */
  at(step: Step, part: number | null = null): string {
    const now = this.#steps.findIndex((line) => line.dataset["step"] === step);
    this.#steps.forEach((line, index) => {
      line.className = index < now ? "done" : index === now ? "now" : "later";
    });
    if (part === null) this.#bar.removeAttribute("value");
    else this.#bar.value = part;
    if (step !== this.#step) this.#waitAnew();
    this.#step = step;
    return this.#steps[now]?.textContent ?? "";
  }

  #waitAnew(): void {
    clearTimeout(this.#impatient);
    this.#patience.hidden = true;
    this.#impatient = window.setTimeout(() => {
      this.#patience.hidden = false;
    }, PATIENCE_MS);
  }
}
