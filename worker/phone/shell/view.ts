/** The page's two layers: the app below, and at most one screen above it. */

export class View {
  #screen: HTMLElement | null = null;

  constructor(private readonly stage: HTMLElement) {
    document.body.append(stage);
  }

  show(screen: HTMLElement): void {
    const before = this.#screen;
    const moving = screen.classList.contains("working") && before?.classList.contains("working");
    // Progress goes on in place: a new element would start its animation anew.
    if (moving && before) before.replaceChildren(...keepFirst(before, screen));
    else this.#replace(screen);
    this.stage.inert = true;
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
