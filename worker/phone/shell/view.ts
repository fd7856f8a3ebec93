/** The page's layers: the app below, at most one screen above it, and a line over both for what passes. */
import { element, h } from "./dom.ts";
import { Progress, type Step } from "./progress.ts";

const BRIEFLY_MS = 4_000;

export class View {
  readonly #device = element("#device");
  readonly #spoken = element("#spoken");
  readonly #progress = new Progress();
  #screen: HTMLElement | null = this.#progress.screen;
  #line: HTMLElement | null = null;
  #endsWith = 0;

  constructor(private readonly stage: HTMLElement | null) {
    if (stage) this.#device.prepend(stage);
    this.#cover(true);
  }

  /** Show how far the first picture is. */
  wait(step: Step, part: number | null = null): void {
    const label = this.#progress.at(step, part);
    this.#put(this.#progress.screen, 0);
    this.#say(label);
  }

  /** Show a screen until it is cleared, or until the app of version `endsWith` or a later one is drawn. */
  show(screen: HTMLElement, endsWith = 0): void {
    this.#put(screen, endsWith);
    this.#say("");
    screen.querySelector<HTMLElement>("[tabindex='-1']")?.focus({ preventScroll: true });
  }

  drawn(version: number): void {
    if (version < this.#endsWith || this.#screen === null) return;
    this.clear();
    this.#say("The preview is shown.");
  }

  clear(): void {
    this.#screen?.remove();
    this.#screen = null;
    this.#cover(false);
  }

  /** Say something over the app without covering it; null takes it back. */
  mention(text: string | null): void {
    if (this.#line?.textContent === text) return;
    this.#line?.remove();
    this.#line = text === null ? null : h("p", { class: "line-over" }, text);
    if (this.#line) this.#device.append(this.#line);
    this.#say(text ?? "");
  }

  /** Say something that nobody has to act on. */
  mentionBriefly(text: string): void {
    this.mention(text);
    setTimeout(() => {
      if (this.#line?.textContent === text) this.mention(null);
    }, BRIEFLY_MS);
  }

  #put(screen: HTMLElement, endsWith: number): void {
    this.#endsWith = endsWith;
    this.#cover(true);
    if (this.#screen === screen) return;
    this.#screen?.remove();
    this.#screen = screen;
    this.#device.append(screen);
  }

  #cover(covered: boolean): void {
    if (this.stage) this.stage.inert = covered;
  }

  /** A screen reader tells what changes in here; what is only drawn anew it does not. */
  #say(text: string): void {
    if (this.#spoken.textContent !== text) this.#spoken.textContent = text;
  }
}
