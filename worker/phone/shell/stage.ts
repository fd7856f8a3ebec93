/** Shows versions in sandboxed frames. A new version takes the old one's place only when it is drawn. */
import type { Artifact, Asset } from "../../src/preview/artifact.ts";
import { HELLO, PORT, type FromFrame, type Program, type ToFrame } from "../messages.ts";
import type { PreviewApi } from "./api.ts";
import { h } from "./dom.ts";
import { readMessage } from "./incoming.ts";

export interface StageEvents {
  readonly rendered: (version: number) => void;
  readonly message: (message: FromFrame, version: number) => void;
}

/** Scripts and forms, but no origin, no popups and no way out of the frame. */
const SANDBOX = "allow-scripts allow-forms allow-modals allow-pointer-lock";
const CONCURRENCY = 4;

export class Stage {
  readonly element = h("main", { class: "stage", "aria-label": "Preview" });
  #shown: HTMLIFrameElement | null = null;

  constructor(
    private readonly api: PreviewApi,
    private readonly events: StageEvents,
  ) {}

  /** Load a version; `progress` gets the part that is done, from 0 to 1. */
  async show(device: string, version: number, progress: (part: number) => void): Promise<Artifact> {
    const artifact = await this.api.artifact(device, version);
    const program = await this.#load(device, artifact, progress);
    const frame = h("iframe", {
      src: "/frame",
      sandbox: SANDBOX,
      title: artifact.page.title || "Preview",
      class: "next",
    });
    const port = this.#connect(frame);
    port.onmessage = ({ data }: MessageEvent<unknown>): void => {
      const message = readMessage(data);
      if (message) this.#receive(message, { frame, port, device, artifact });
    };
    this.element.append(frame);
    post(
      port,
      { type: "load", program },
      program.assets.map((asset) => asset.bytes),
    );
    return artifact;
  }

  async #load(device: string, artifact: Artifact, progress: (part: number) => void): Promise<Program> {
    const { version, assets, script, style } = artifact;
    const eager = assets.filter((asset) => asset.eager);
    let done = 0;
    const counted = async <Result>(work: Promise<Result>): Promise<Result> => {
      const result = await work;
      progress((done += 1) / (eager.length + 2));
      return result;
    };
    const [scriptText, styleText, loaded] = await Promise.all([
      counted(this.api.text(device, version, script)),
      style === null ? null : counted(this.api.text(device, version, style)),
      inTurns(eager, (asset) => counted(this.api.asset(device, version, asset))),
    ]);
    return {
      page: artifact.page,
      preludes: artifact.preludes,
      script: scriptText,
      style: styleText,
      assets: loaded,
      more: assets.filter((asset) => !asset.eager).map((asset) => asset.url),
    };
  }

  /** The frame says hello and gets its port. What is sent before that waits in the port. */
  #connect(frame: HTMLIFrameElement): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const greet = (event: MessageEvent<unknown>): void => {
      if (event.source !== frame.contentWindow || event.data !== HELLO) return;
      window.removeEventListener("message", greet);
      // An opaque origin can't be named. Nothing that is sent here is secret.
      frame.contentWindow?.postMessage(PORT, "*", [port2]);
    };
    window.addEventListener("message", greet);
    return port1;
  }

  #receive(message: FromFrame, from: Source): void {
    if (message.type === "rendered") this.#reveal(from.frame);
    if (message.type === "rendered") this.events.rendered(from.artifact.version);
    else if (message.type === "need") void this.#send(message.url, from);
    else this.events.message(message, from.artifact.version);
  }

  /** A frame that failed before it was drawn is shown as well: half an app says more than none. */
  revealLatest(): void {
    const latest = this.element.lastElementChild;
    if (latest instanceof HTMLIFrameElement) this.#reveal(latest);
  }

  #reveal(frame: HTMLIFrameElement): void {
    if (this.#shown === frame) return;
    frame.classList.remove("next");
    this.#shown?.remove();
    this.#shown = frame;
  }

  async #send(url: string, { port, device, artifact }: Source): Promise<void> {
    const wanted: Asset | undefined = artifact.assets.find((asset) => asset.url === url);
    const asset = wanted ? await this.api.asset(device, artifact.version, wanted).catch(() => null) : null;
    post(port, { type: "asset", url, asset }, asset ? [asset.bytes] : []);
  }
}

interface Source {
  readonly frame: HTMLIFrameElement;
  readonly port: MessagePort;
  readonly device: string;
  readonly artifact: Artifact;
}

function post(port: MessagePort, message: ToFrame, transfer: ArrayBuffer[]): void {
  port.postMessage(message, transfer);
}

/** A few at a time: a phone on a slow line shows progress sooner than with all at once. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index] as Item);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return results;
}
