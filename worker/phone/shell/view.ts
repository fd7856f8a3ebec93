/** The page's two layers: the app below, and at most one screen above it. */

export class View {
  #screen: HTMLElement | null = null;
  #endsWith = 0;

  constructor(private readonly stage: HTMLElement) {
    document.body.append(stage);
  }

  /** Show a screen until it is cleared, or until the app of version `endsWith` or a later one is drawn. */
  show(screen: HTMLElement, endsWith = 0): void {
    const before = this.#screen;
    this.#endsWith = endsWith;
    const moving = screen.classList.contains("working") && before?.classList.contains("working");
    // Progress goes on in place: a new element would start its animation anew.
    if (moving && before) before.replaceChildren(...keepFirst(before, screen));
    else this.#replace(screen);
    this.stage.inert = true;
  }

  drawn(version: number): void {
    if (version >= this.#endsWith) this.clear();
  }

  clear(): void {
    this.#screen?.remove();
    this.#screen = null;
    this.stage.inert = false;
  }

  #replace(screen: HTMLElement): void {
    this.#screen?.remove();
    this.#screen = screen;
    document.body.append(screen);
    screen.querySelector<HTMLElement>("[tabindex='-1']")?.focus({ preventScroll: true });
  }
}

function keepFirst(before: HTMLElement, next: HTMLElement): Element[] {
  const [drawing] = before.children;
  return drawing ? [drawing, ...[...next.children].slice(1)] : [...next.children];
}
