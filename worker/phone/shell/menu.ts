/**
 * What one may do with a preview beside using it: a small tab at the edge of a phone's screen, and the same in
 * the toolbar of a desktop browser, open one sheet.
 */
import type { Handover } from "./api.ts";
import { button, element, h, icon } from "./dom.ts";
import { handoverParts } from "./handover.ts";

const TAB = "M12 2.6 20.2 7.3v9.4L12 21.4 3.8 16.7V7.3Z";

export interface MenuActions {
  readonly reload: () => void;
  readonly handOver: () => Promise<Handover>;
}

export class Menu {
  readonly #title = h("h1", { id: "sheet-title", tabindex: "-1" });
  readonly #body = h("div", { class: "sheet-body" });
  readonly #sheet = h(
    "dialog",
    { class: "sheet", "aria-labelledby": "sheet-title" },
    this.#title,
    this.#body,
  );
  readonly #tab = h(
    "button",
    { type: "button", class: "tab", "aria-label": "Preview menu" },
    icon(TAB, "tab-icon"),
  );

  constructor(private readonly actions: MenuActions) {
    this.#tab.addEventListener("click", () => {
      this.open();
    });
    // A tap beside the sheet closes it, as Escape does.
    this.#sheet.addEventListener("click", ({ target }) => {
      if (target === this.#sheet) this.#sheet.close();
    });
    this.#sheet.append(
      button("Close", "quiet", () => {
        this.#sheet.close();
      }),
    );
    document.body.append(this.#sheet);
  }

  /** Offer the menu, once there is an app to use it on. */
  offer(title: string): void {
    document.title = title || "Preview";
    if (!this.#tab.isConnected) element("#device").append(this.#tab);
  }

  open(): void {
    this.#show(document.title, [
      button("Open on another phone", "primary", () => void this.handOver()),
      button("Reload", "quiet", this.actions.reload),
      h("a", { class: "button quiet", href: "/p" }, "Previews on this device"),
      button("Hide this button", "quiet", () => {
        this.#tab.remove();
        this.#sheet.close();
      }),
    ]);
  }

  async handOver(): Promise<void> {
    this.#show("Open on another phone", [h("p", { role: "status" }, "Making a code…")]);
    try {
      this.#show("Open on another phone", handoverParts(await this.actions.handOver()));
    } catch {
      const again = button("Try again", "primary", () => void this.handOver());
      this.#show("Open on another phone", [h("p", { role: "status" }, "That did not work."), again]);
    }
  }

  #show(title: string, parts: readonly HTMLElement[]): void {
    this.#title.textContent = title;
    this.#body.replaceChildren(...parts);
    if (!this.#sheet.open) this.#sheet.showModal();
    this.#title.focus();
  }
}
