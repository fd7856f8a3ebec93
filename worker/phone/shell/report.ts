/** What went wrong, at its place in the source: one report for a failed build and for errors of the app. */
import type { CallbackError, Diagnostic } from "../../src/contract.gen.ts";
import { button, h, icon } from "./dom.ts";

export interface Choice {
  readonly label: string;
  readonly act: () => void;
}

const ALARM =
  "M12 8v5m0 3.2v.1M10.3 3.9 2.4 17.6A2 2 0 0 0 4.1 20.6h15.8a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0Z";

/** A failed build. `choice` goes back to the last version that worked, where there is one. */
export function buildFailed(error: CallbackError, choice: Choice | null): HTMLElement {
  const unsupported = error.code === "PREVIEW_UNSUPPORTED";
  return report("build", unsupported ? "This can't be previewed" : "The build failed", [
    ...problemParts(error),
    small(unsupported ? "Choose another file or folder in your editor." : AFTER_MENDING),
    choicesOf(choice ? [choice] : []),
  ]);
}

const AFTER_MENDING =
  "Mend it in your editor. A live preview then shows it here by itself; else start the preview again.";

/** The frame of a report. Its heading gets the focus, so that a screen reader begins there. */
export function report(
  kind: "build" | "runtime",
  title: string,
  parts: readonly (HTMLElement | null)[],
): HTMLElement {
  const heading = h("h1", { id: "report-title", tabindex: "-1" }, icon(ALARM, "small"), title);
  return h(
    "section",
    { class: `report ${kind}`, role: "alertdialog", "aria-labelledby": "report-title" },
    heading,
    ...parts,
  );
}

/** Where, what, the code around it, and what to do about it. */
export function problemParts(problem: Diagnostic): readonly (HTMLElement | null)[] {
  return [
    place(problem),
    h("p", { class: "message" }, problem.message),
    problem.frame ? codeFrame(problem.frame) : null,
    problem.hint ? h("p", { class: "hint" }, problem.hint) : null,
  ];
}

export function choicesOf(choices: readonly Choice[]): HTMLElement {
  const buttons = choices.map(({ label, act }, index) =>
    button(label, index === 0 ? "primary" : "quiet", act),
  );
  return h("div", { class: "choices" }, ...buttons);
}

function small(text: string): HTMLElement {
  return h("p", { class: "small" }, text);
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
  const label = { role: "region", "aria-label": "Source", tabindex: "0" };
  return h("pre", { class: "code", ...label }, h("code", {}, ...lines));
}
