/** Puts a version on the screen, in the order in which a browser would: markup, styles, scripts, modules. */
import type { ClassicScript } from "../../src/preview/artifact.ts";
import { BUNDLE_NAME, type FromFrame, type PreludeCode, type Program } from "../messages.ts";
import type { Assets } from "./assets.ts";
import { scrollToPlace } from "./links.ts";
import type { Modules } from "./modules.ts";
import type { Registry } from "./registry.ts";
import { restoreScroll } from "./scroll.ts";
import type { Styles } from "./styles.ts";

interface Surroundings {
  readonly assets: Assets;
  readonly modules: Modules;
  readonly registry: Registry;
  readonly styles: Styles;
  readonly nonce: string;
  readonly send: (message: FromFrame) => void;
}

export async function showProgram(program: Program, around: Surroundings): Promise<void> {
  const { assets, nonce, registry, send, styles } = around;
  assets.countFrom(program.url);
  program.assets.forEach((asset) => {
    assets.add(asset);
  });
  assets.announce(program.more);
  const done = (): void => {
    // What waits for the page to be loaded waits for this; the real events are long past.
    document.dispatchEvent(new Event("DOMContentLoaded", { bubbles: true }));
    window.dispatchEvent(new Event("load"));
    if (program.scroll.length > 0) restoreScroll(program.scroll);
    else scrollToPlace();
    send({ type: "rendered" });
  };
  expose(around, done);
  showMarkup(program, styles);
  for (const prelude of program.preludes) runPrelude(prelude, nonce);
  for (const script of program.page.classicScripts) await runScript(script, nonce);
  if (typeof program.script === "string") {
    runModule(program.script, nonce);
  } else {
    registry.start(program.script);
    done();
  }
}

/** The one name that bundles, modules and preludes know. */
function expose({ assets, modules, registry }: Surroundings, done: () => void): void {
  const value = {
    register: modules.register.bind(modules),
    module: modules.module.bind(modules),
    asset: (url: string) => assets.href(url) ?? url,
    define: registry.define,
    family: registry.family,
    done,
  };
  Object.defineProperty(window, "__hivesync", { value });
}

function showMarkup({ page, style }: Program, styles: Styles): void {
  document.title = page.title;
  setAttributes(document.documentElement, page.htmlAttributes);
  setAttributes(document.body, page.bodyAttributes);
  document.head.insertAdjacentHTML("beforeend", page.head);
  styles.put(BUNDLE_NAME, style);
  document.body.innerHTML = page.body;
}

function setAttributes(element: Element, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

function runPrelude({ url, code }: PreludeCode, nonce: string): void {
  const element = document.createElement("script");
  element.nonce = nonce;
  element.textContent = `${code}\n//# sourceURL=${url}`;
  document.head.append(element);
  // It has run; its text would stay in memory.
  element.remove();
}

async function runScript(script: ClassicScript, nonce: string): Promise<void> {
  const element = document.createElement("script");
  element.nonce = nonce;
  if (script.src === undefined) {
    element.textContent = script.code ?? "";
    document.head.append(element);
    return;
  }
  // In the order in which they were added, whichever comes first.
  element.async = false;
  element.src = script.src;
  await new Promise((resolve) => {
    element.onload = resolve;
    // A page of a browser goes on without a script that is missing; so does this one.
    element.onerror = resolve;
    document.head.append(element);
  });
}

function runModule(code: string, nonce: string): void {
  const element = document.createElement("script");
  element.type = "module";
  element.nonce = nonce;
  element.textContent = `${code}\n;globalThis.__hivesync.done();\n//# sourceURL=${BUNDLE_NAME}`;
  document.head.append(element);
}
