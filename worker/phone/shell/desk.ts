/** In a desktop browser: the preview in the outline of a phone, whose size can be chosen, and a toolbar above. */
import { button, element, h } from "./dom.ts";

interface Size {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

const SIZES: readonly Size[] = [
  { name: "Small phone · 360 × 640", width: 360, height: 640 },
  { name: "Phone · 390 × 844", width: 390, height: 844 },
  { name: "Large phone · 430 × 932", width: 430, height: 932 },
  { name: "Tablet · 768 × 1024", width: 768, height: 1024 },
];
const USUAL = 1;
/** What toolbar, outline and margins take of the window. */
const AROUND = { width: 64, height: 116 };
const KEPT = "hivesync-desk";

export interface DeskActions {
  readonly reload: () => void;
  readonly handOver: () => void;
}

export class Desk {
  readonly #device = element("#device");
  readonly #choice = h("select", { "aria-label": "Size of the screen" });
  #turned = false;

  constructor(actions: DeskActions) {
    SIZES.forEach(({ name }, index) => {
      this.#choice.append(h("option", { value: String(index) }, name));
    });
    this.#choice.value = String(readKept());
    this.#choice.addEventListener("change", () => {
      writeKept(this.#choice.value);
      this.#fit();
    });
    document.body.prepend(this.#toolbar(actions));
    window.addEventListener("resize", () => {
      this.#fit();
    });
    this.#fit();
  }

  #toolbar(actions: DeskActions): HTMLElement {
    return h(
      "header",
      { class: "toolbar" },
      h("a", { href: "/p", class: "brand" }, "HiveSync preview"),
      this.#choice,
      button("Rotate", "quiet", () => {
        this.#turned = !this.#turned;
        this.#fit();
      }),
      button("Reload", "quiet", actions.reload),
      button("Open on a phone", "primary", actions.handOver),
    );
  }

  /** The outline is shrunk to the window; the app inside keeps the size that was chosen. */
  #fit(): void {
    const { width, height } = this.#size();
    const scale = Math.min(1, (innerWidth - AROUND.width) / width, (innerHeight - AROUND.height) / height);
    const { style } = this.#device;
    style.setProperty("--device-width", `${width}px`);
    style.setProperty("--device-height", `${height}px`);
    style.setProperty("--device-scale", scale.toFixed(4));
  }

  #size(): Pick<Size, "width" | "height"> {
    const { width, height } = SIZES[Number(this.#choice.value)] ?? { width: 390, height: 844 };
    return this.#turned ? { width: height, height: width } : { width, height };
  }
}

function readKept(): number {
  try {
    const kept = Number(localStorage.getItem(KEPT) ?? USUAL);
    return kept in SIZES ? kept : USUAL;
  } catch {
    return USUAL;
  }
}

function writeKept(value: string): void {
  try {
    localStorage.setItem(KEPT, value);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}
