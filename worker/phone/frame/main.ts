/** Runs one version of a preview in an opaque origin. Holds no secret and knows no address of ours. */
import { HELLO, PORT, type FromFrame, type ToFrame } from "../messages.ts";
import { patchAddresses } from "./addresses.ts";
import { Assets } from "./assets.ts";
import { catchLinks } from "./links.ts";
import { Modules } from "./modules.ts";
import { showProgram } from "./program.ts";
import { Refresh } from "./refresh.ts";
import { Registry } from "./registry.ts";
import { reportConsole, reportErrors } from "./reports.ts";
import { readScroll, restoreScroll } from "./scroll.ts";
import { replaceBlockedStorage } from "./storage.ts";
import { Styles } from "./styles.ts";

const nonce = (document.currentScript as HTMLScriptElement).nonce;

window.addEventListener("message", function take(event: MessageEvent<unknown>) {
  // Only the page that embeds us, and only once: the port is the one way in from then on.
  if (event.source !== window.parent || event.data !== PORT) return;
  const [port] = event.ports;
  if (!port) return;
  window.removeEventListener("message", take);
  connect(port);
});
window.parent.postMessage(HELLO, "*");

function connect(port: MessagePort): void {
  const send = (message: FromFrame): void => {
    port.postMessage(message);
  };
  const assets = new Assets((url) => {
    send({ type: "need", url });
  });
  reportErrors(send);
  reportConsole(send);
  replaceBlockedStorage();
  patchAddresses(assets);
  catchLinks(() => assets.page, send);
  const modules = new Modules();
  const styles = new Styles(assets);
  const registry = new Registry(modules, new Refresh(modules), styles, nonce);
  port.onmessage = ({ data }: MessageEvent<ToFrame>): void => {
    if (data.type === "asset") assets.receive(data.url, data.asset);
    else if (data.type === "update") update(registry, data, send);
    else void showProgram(data.program, { assets, modules, registry, styles, nonce, send });
  };
}

/** Show changed modules, or ask for a start of the whole app where that is not possible. */
function update(
  registry: Registry,
  { seq, modules }: Extract<ToFrame, { type: "update" }>,
  send: (message: FromFrame) => void,
): void {
  const scroll = readScroll();
  if (registry.update(modules)) {
    restoreScroll(scroll);
    send({ type: "updated", seq });
  } else {
    send({ type: "restart", seq, scroll });
  }
}
