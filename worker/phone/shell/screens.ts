/** What the page shows while there is no app to show. Each screen says what happens and what to do. */
import type { CallbackError, Diagnostic } from "../../src/contract.gen.ts";
import { button, h, icon } from "./dom.ts";

export interface Choice {
  readonly label: string;
  readonly act: () => void;
}

const BROKEN =
  "M12 8v5m0 3.2v.1M10.3 3.9 2.4 17.6A2 2 0 0 0 4.1 20.6h15.8a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0Z";
const CLOCK = "M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z";
const CLOUD = "M3 3l18 18M9.5 5.3A7 7 0 0 1 18.7 10 4.5 4.5 0 0 1 21 17M16 19H7a5 5 0 0 1-1.4-9.8";
const HIVE = "M12 2.6 20.2 7.3v9.4L12 21.4 3.8 16.7V7.3Z";

type Step = "opening" | "building" | "loading";

const STEPS: readonly (readonly [step: Step, label: string])[] = [
  ["opening", "Opening the link"],
  ["building", "Building your project"],
  ["loading", "Loading it onto this device"],
];

/** Progress: one line a step, so that a person sees where it is and that it moves. */
export function working(step: Step, part: number | null = null): HTMLElement {
  const at = STEPS.findIndex(([name]) => name === step);
  const lines = STEPS.map(([, label], index) =>
    h(
      "li",
      { class: index < at ? "done" : index === at ? "now" : "later" },
      h("span", { class: "dot" }),
      label,
    ),
  );
  const bar = h("progress", part === null ? {} : { value: String(part), max: "1" });
  bar.setAttribute("aria-label", STEPS[at]?.[1] ?? "Working");
  return h(
    "section",
    { class: "screen working", role: "status", "aria-live": "polite" },
    h("div", { class: "hive" }, icon(HIVE, "outline"), icon(HIVE, "fill")),
    h("h1", {}, "HiveSync preview"),
    h("ol", { class: "steps" }, ...lines),
    bar,
  );
}

export function expired(detail: string): HTMLElement {
  return notice(CLOCK, "This link is no longer open", detail, [
    "A link can be opened for ten minutes. A page that was opened in time goes on working on its device.",
  ]);
}

export function offline(retry: () => void): HTMLElement {
  const screen = notice(CLOUD, "No connection", "The preview can't be reached right now.", [
    "Check that this device is online. For a preview on your own network, it must be in the same Wi-Fi.",
  ]);
  screen.append(
    h("p", { class: "small" }, "Trying again by itself…"),
    button("Try again now", "primary", retry),
  );
  return screen;
}

export function broken(detail: string, retry: () => void): HTMLElement {
  const screen = notice(BROKEN, "That did not work", detail, []);
  screen.append(button("Try again", "primary", retry));
  return screen;
}

function notice(drawing: string, title: string, detail: string, advice: readonly string[]): HTMLElement {
  return h(
    "section",
    { class: "screen notice", role: "status", "aria-live": "polite" },
    icon(drawing, "large"),
    h("h1", {}, title),
    h("p", {}, detail),
    ...advice.map((line) => h("p", { class: "small" }, line)),
  );
}

/** A failed build. `choice` goes back to the last version that worked, where there is one. */
export function buildFailed(error: CallbackError, choice: Choice | null): HTMLElement {
  const title = error.code === "PREVIEW_UNSUPPORTED" ? "This can't be previewed" : "The build failed";
  return report(
    "build",
    title,
    error,
    choice ? [choice] : [],
    [],
    "Mend it in your editor, start the preview again and scan the new code.",
  );
}

/** An error while the app runs. */
export function appFailed(
  problem: Diagnostic,
  notes: readonly string[],
  choices: readonly Choice[],
): HTMLElement {
  return report("runtime", "The app hit an error", problem, choices, notes, null);
}

function report(
  kind: "build" | "runtime",
  title: string,
  problem: Diagnostic,
  choices: readonly Choice[],
  notes: readonly string[],
  advice: string | null,
): HTMLElement {
  const heading = h("h1", { id: "report-title", tabindex: "-1" }, icon(BROKEN, "small"), title);
  return h(
    "section",
    { class: `report ${kind}`, role: "alertdialog", "aria-labelledby": "report-title" },
    heading,
    place(problem),
    h("p", { class: "message" }, problem.message),
    problem.frame ? codeFrame(problem.frame) : null,
    problem.hint ? h("p", { class: "hint" }, problem.hint) : null,
    notes.length > 0 ? h("details", {}, h("summary", {}, "Console"), h("pre", {}, notes.join("\n"))) : null,
    advice === null ? null : h("p", { class: "small" }, advice),
    h(
      "div",
      { class: "choices" },
      ...choices.map(({ label, act }, index) => button(label, index === 0 ? "primary" : "quiet", act)),
    ),
  );
}

function place({ file, line, column }: Diagnostic): HTMLElement | null {
  if (!file) return null;
  const position = [line, column].filter((number) => number !== null && number !== undefined).join(":");
  return h("p", { class: "place" }, h("span", { class: "file" }, file), position && `:${position}`);
}

/** The line in question stands out; long lines scroll instead of breaking. */
function codeFrame(frame: string): HTMLElement {
  const lines = frame.split("\n").map((line) => {
    const kind = line.startsWith(">") ? "hit" : /^\s*\|\s*\^+/.test(line) ? "mark" : "";
    return h("span", { class: `line ${kind}` }, `${line}\n`);
  });
  return h("pre", { class: "code", tabindex: "0", "aria-label": "Source" }, h("code", {}, ...lines));
}
