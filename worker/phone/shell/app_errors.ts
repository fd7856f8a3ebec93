/** The errors of the version on the screen: each once with how often it came, one shown at a time. */
import type { Diagnostic } from "../../src/contract.gen.ts";
import type { RuntimeError } from "../messages.ts";
import { button, h } from "./dom.ts";
import { choicesOf, problemParts, report, type Choice } from "./report.ts";

/** An app that fails in a loop must not fill the phone's memory. */
const ERRORS_MAX = 20;
const NOTES_MAX = 20;

const UNSAID = "The app failed without saying why.";

export interface Occurrence {
  problem: Diagnostic;
  times: number;
}

export class AppErrors {
  readonly #found = new Map<string, Occurrence>();
  readonly #position = h("span", { role: "status" });
  readonly #pager = h(
    "div",
    { class: "pager", role: "group", "aria-label": "Errors" },
    button("Previous", "quiet", () => {
      this.#turn(-1);
    }),
    this.#position,
    button("Next", "quiet", () => {
      this.#turn(1);
    }),
  );
  readonly #problem = h("div", { class: "problem" });
  readonly #times = h("p", { class: "small" });
  readonly #notes = h("pre");
  readonly #console = h("details", {}, h("summary", {}, "Console"), this.#notes);
  readonly #screen: HTMLElement;
  #texts: string[] = [];
  /** The first that came since the report was last closed: it is likely to be the cause of the others. */
  #unread: Occurrence | null = null;
  #at = 0;

  constructor(choices: readonly Choice[]) {
    const parts = [this.#pager, this.#problem, this.#times, this.#console, choicesOf(choices)];
    this.#screen = report("runtime", "The app hit an error", parts);
  }

  /** A warning or an error that the app wrote to its console. */
  note(text: string): void {
    this.#texts = [...this.#texts, text].slice(-NOTES_MAX);
    this.#notes.textContent = this.#texts.join("\n");
  }

  /** Count an error. Give its entry if it is a new one, whose place is to be found; else null. */
  count(error: RuntimeError): Occurrence | null {
    const key = `${error.message}\n${error.stack}`;
    const known = this.#found.get(key);
    if (known) {
      known.times += 1;
      this.#drawCounts();
    }
    if (known || this.#found.size >= ERRORS_MAX) return null;
    const occurrence = { problem: { message: error.message || UNSAID }, times: 1 };
    this.#found.set(key, occurrence);
    this.#unread ??= occurrence;
    return occurrence;
  }

  /** Give the report when an error's place is known; one that is being read stays where it is. */
  report(occurrence: Occurrence, problem: Diagnostic): HTMLElement {
    occurrence.problem = problem;
    const all = [...this.#found.values()];
    const isRead = this.#screen.isConnected;
    if (!isRead) this.#go(all.indexOf(this.#unread ?? occurrence));
    else if (all[this.#at] === occurrence) this.#go(this.#at);
    else this.#drawCounts();
    this.#unread = null;
    return this.#screen;
  }

  #turn(by: number): void {
    this.#go((this.#at + by + this.#found.size) % this.#found.size);
  }

  #go(at: number): void {
    this.#at = at;
    const parts = problemParts(this.#shown?.problem ?? { message: "" });
    this.#problem.replaceChildren(...parts.filter((part) => part !== null));
    this.#drawCounts();
  }

  #drawCounts(): void {
    const times = this.#shown?.times ?? 1;
    this.#pager.hidden = this.#found.size < 2;
    this.#position.textContent = `${this.#at + 1} of ${this.#found.size}`;
    this.#times.hidden = times < 2;
    this.#times.textContent = `It happened ${times} times.`;
    this.#console.hidden = this.#texts.length === 0;
  }

  get #shown(): Occurrence | undefined {
    return [...this.#found.values()][this.#at];
  }
}
