/** The preview's page. */
import { element, fillList, onClick, onView } from "./dom.ts";
import type { PreviewView } from "./messages.ts";

const QUIET_ZONE = 4;

function showCode(qr: PreviewView["qr"]): void {
  element("code").hidden = qr === undefined;
  if (!qr) {
    return;
  }
  const side = qr.size + 2 * QUIET_ZONE;
  const svg = element<SVGSVGElement>("qr");
  svg.setAttribute(
    "viewBox",
    `${String(-QUIET_ZONE)} ${String(-QUIET_ZONE)} ${String(side)} ${String(side)}`,
  );
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", qr.path);
  svg.replaceChildren(path);
}

function showProgress(view: PreviewView): void {
  const bar = element<HTMLProgressElement>("progress");
  bar.hidden = !view.isPending;
  if (view.share === undefined) {
    bar.removeAttribute("value");
  } else {
    bar.value = view.share;
  }
}

for (const id of ["copy", "open", "stop"]) {
  onClick(id);
}

onView<PreviewView>((view) => {
  element("name").textContent = view.name;
  element("state").textContent = view.state;
  showProgress(view);
  showCode(view.qr);
  element("actions").hidden = view.qr === undefined;
  element("stop").hidden = !view.isLive && !view.isPending;
  fillList("problems", "problem-list", view.problems);
  fillList("phones", "phone-list", view.phones);
  fillList("skipped", "skipped-list", view.skipped);
});
