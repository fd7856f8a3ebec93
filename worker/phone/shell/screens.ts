/** What the page shows while there is no app to show. Each screen says what happens and what to do. */
import { button, h, icon } from "./dom.ts";
import type { KeptPreview } from "./kept.ts";

const BROKEN =
  "M12 8v5m0 3.2v.1M10.3 3.9 2.4 17.6A2 2 0 0 0 4.1 20.6h15.8a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0Z";
const CLOCK = "M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z";
const CLOUD = "M3 3l18 18M9.5 5.3A7 7 0 0 1 18.7 10 4.5 4.5 0 0 1 21 17M16 19H7a5 5 0 0 1-1.4-9.8";
const CODE = "M4 4h6v6H4ZM14 4h6v6h-6ZM4 14h6v6H4ZM14 14h2.5v2.5M20 14v.1M14 20v.1M17 17.2h3V20";
const DEVICES = "M3 6.5A1.5 1.5 0 0 1 4.5 5h11M3 6.5V16h8M1.5 19H11M15 9h6v11h-6ZM17.6 17.2h.8";

const NEW_LINK = "In your editor, or with the hivesync command, show the preview's code again and scan it.";

export function linkExpired(): HTMLElement {
  return notice(CLOCK, "This link is no longer open", "A link can be opened for ten minutes.", [
    NEW_LINK,
    "A page that was opened in time goes on working on its device.",
  ]);
}

export function ended(): HTMLElement {
  return notice(CLOCK, "This preview has ended", "Previews are kept for a while and then deleted.", [
    "Start it again from your editor, and scan the new code.",
  ]);
}

export function notLetIn(detail: string): HTMLElement {
  return notice(CODE, "Scan the code to come in", detail, [NEW_LINK]);
}

export function notFound(): HTMLElement {
  return notice(
    BROKEN,
    "There is no such preview",
    "The address is not one of a preview, or it was deleted.",
    [NEW_LINK],
  );
}

/** The plan's number of devices is reached; it is tried again, since another one may leave. */
export function tooMany(detail: string, retry: () => void): HTMLElement {
  const screen = notice(DEVICES, "Open on other devices already", detail, [
    "Close the preview on one of them. This page then opens by itself.",
  ]);
  screen.append(button("Try again now", "primary", retry));
  return screen;
}

export function offline(retry: () => void): HTMLElement {
  const screen = notice(CLOUD, "No connection", "The preview can't be reached right now.", [
    "Check that this device is online. For a preview on your own network, it must be in the same Wi-Fi.",
    "Trying again by itself…",
  ]);
  screen.append(button("Try again now", "primary", retry));
  return screen;
}

export function broken(detail: string, retry: () => void): HTMLElement {
  const screen = notice(BROKEN, "That did not work", detail, ["Trying again by itself…"]);
  screen.append(button("Try again now", "primary", retry));
  return screen;
}

/** What this device can still open: where the installed app begins. */
export function recent(previews: readonly KeptPreview[]): HTMLElement {
  if (previews.length === 0) {
    return notice(CODE, "No previews yet", "Scan a preview's code with this device's camera.", [
      "Your editor shows it after Request Preview, and so does hivesync preview in a terminal.",
    ]);
  }
  return h(
    "section",
    { class: "screen recent" },
    h("h1", { tabindex: "-1" }, "Previews on this device"),
    h("ul", {}, ...previews.map((preview) => h("li", {}, linkTo(preview)))),
    h("p", { class: "small" }, "For another one, scan its code with this device's camera."),
  );
}

function linkTo({ previewId, title, openedAt, expiresAt }: KeptPreview): HTMLElement {
  return h(
    "a",
    { href: `/p/${previewId}` },
    h("strong", {}, title || "Preview"),
    h("span", { class: "small" }, `Opened ${whenOf(openedAt)}, open until ${whenOf(expiresAt)}`),
  );
}

function whenOf(seconds: number): string {
  const when = new Date(seconds * 1000);
  return when.toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit" });
}

function notice(drawing: string, title: string, detail: string, advice: readonly string[]): HTMLElement {
  return h(
    "section",
    { class: "screen notice" },
    icon(drawing, "large"),
    h("h1", { tabindex: "-1" }, title),
    h("p", {}, detail),
    ...advice.map((line) => h("p", { class: "small" }, line)),
  );
}
