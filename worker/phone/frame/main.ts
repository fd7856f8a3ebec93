/** Runs one version of a preview in an opaque origin. Holds no secret and knows no address of ours but preludes. */
import { HELLO, PORT, type FromFrame, type ToFrame } from "../messages.ts";
import { patchAddresses } from "./addresses.ts";
import { Assets } from "./assets.ts";
import { catchLinks } from "./links.ts";
import { Modules } from "./modules.ts";
import { showProgram } from "./program.ts";
import { reportConsole, reportErrors } from "./reports.ts";
import { replaceBlockedStorage } from "./storage.ts";

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
  catchLinks(send);
  port.onmessage = ({ data }: MessageEvent<ToFrame>): void => {
    if (data.type === "asset") assets.receive(data.url, data.asset);
    else void showProgram(data.program, { assets, modules: new Modules(), nonce, send });
  };
}
