/** Puts a version on the screen, in the order in which a browser would: markup, styles, scripts, modules. */
import type { ClassicScript } from "../../src/preview/artifact.ts";
import { BUNDLE_NAME, type FromFrame, type Program } from "../messages.ts";
import type { Assets } from "./assets.ts";
import type { Modules } from "./modules.ts";

interface Surroundings {
  readonly assets: Assets;
  readonly modules: Modules;
  readonly nonce: string;
  readonly send: (message: FromFrame) => void;
}

const ASSET_ADDRESS = /hivesync-asset:(\/[^"')\s]*)/g;

export async function showProgram(program: Program, around: Surroundings): Promise<void> {
  const { assets, modules, nonce, send } = around;
  program.assets.forEach((asset) => {
    assets.add(asset);
  });
  assets.announce(program.more);
  expose(assets, modules, () => {
    // What waits for the page to be loaded waits for this; the real events are long past.
    document.dispatchEvent(new Event("DOMContentLoaded", { bubbles: true }));
    window.dispatchEvent(new Event("load"));
    send({ type: "rendered" });
  });
  showMarkup(program);
  await Promise.all(program.preludes.map((src) => runScript({ src }, nonce, true)));
  for (const script of program.page.classicScripts) await runScript(script, nonce, false);
  runModule(program.script, nonce);
}

/** The one name that bundles and preludes know. */
function expose(assets: Assets, modules: Modules, done: () => void): void {
  const value = {
    register: modules.register.bind(modules),
    module: modules.module.bind(modules),
    asset: (url: string) => assets.href(url) ?? url,
    done,
  };
  Object.defineProperty(window, "__hivesync", { value });
}

function showMarkup({ page, style }: Program): void {
  document.title = page.title;
  setAttributes(document.documentElement, page.htmlAttributes);
  setAttributes(document.body, page.bodyAttributes);
  document.head.insertAdjacentHTML("beforeend", page.head);
  const sheet = document.createElement("style");
  sheet.textContent = (style ?? "").replace(ASSET_ADDRESS, (_whole, url: string) => blobAddress(url));
  document.head.append(sheet);
  document.body.innerHTML = page.body;
}

/** A fragment (`sprite.svg#name`) stays; a query, which fonts carry for old browsers, does not. */
function blobAddress(url: string): string {
  const [address = "", fragment] = url.split("#", 2);
  const href = (window as unknown as { __hivesync: { asset(url: string): string } }).__hivesync.asset(
    address.replace(/\?.*$/, ""),
  );
  return fragment ? `${href}#${fragment}` : href;
}

function setAttributes(element: Element, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

async function runScript(script: ClassicScript, nonce: string, ours: boolean): Promise<void> {
  const element = document.createElement("script");
  element.nonce = nonce;
  if (script.src === undefined) {
    element.textContent = script.code ?? "";
    document.head.append(element);
    return;
  }
  // In the order in which they were added, whichever comes first.
  element.async = false;
  if (ours) element.crossOrigin = "anonymous";
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
