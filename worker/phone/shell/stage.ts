/** Shows versions in sandboxed frames. A new version takes the old one's place only when it is drawn. */
import type { Artifact, Asset, Shown } from "../../src/preview/artifact.ts";
import type { LiveModule, LiveProgram } from "../../src/preview/living/module.ts";
import type { Scroll } from "../frame/scroll.ts";
import { HELLO, PORT, type FromFrame, type Program, type ToFrame } from "../messages.ts";
import type { PreviewApi } from "./api.ts";
import { h } from "./dom.ts";
import { readMessage } from "./incoming.ts";
import { Living } from "./living.ts";
import { eagerOf, pageAt, type Place } from "./pages.ts";
import { Preludes } from "./preludes.ts";

export interface StageEvents {
  readonly rendered: (version: number) => void;
  readonly message: (message: FromFrame, version: number) => void;
}

/** Scripts and forms, but no origin, no popups and no way out of the frame. */
const SANDBOX = "allow-scripts allow-forms allow-modals allow-pointer-lock";
const CONCURRENCY = 4;

/** A version with all that a frame needs to start, however often it starts. */
export interface Loaded {
  readonly artifact: Artifact;
  readonly device: string;
  readonly living: Living | null;
  readonly program: Omit<Program, "scroll">;
  readonly page: Shown;
  readonly place: Place;
}

export class Stage {
  readonly element = h("div", { class: "stage" });
  readonly preludes = new Preludes();
  #shown: HTMLIFrameElement | null = null;
  #latest: MessagePort | null = null;

  constructor(
    private readonly api: PreviewApi,
    private readonly events: StageEvents,
  ) {}

  /** Load a version, at `place` if it has that page; `progress` gets the part that is done, from 0 to 1. */
  async load(
    device: string,
    version: number,
    place: Place | null,
    progress: (part: number) => void,
  ): Promise<Loaded> {
    return this.open(device, await this.api.artifact(device, version), place, progress);
  }

  /** Load a page of a version: the first, if there is none at `place`. */
  async open(
    device: string,
    artifact: Artifact,
    place: Place | null,
    progress: (part: number) => void = () => undefined,
  ): Promise<Loaded> {
    const page = (place && pageAt(artifact, place.url)) ?? artifact;
    const program = await this.#load(device, artifact, page, progress);
    const living = typeof program.script === "string" ? null : new Living(artifact.version, program.script);
    const at = place !== null && place.url === page.url ? place : { url: page.url, search: "", hash: "" };
    return { artifact, device, living, program, page, place: at };
  }

  /** Start a version in a frame of its own. */
  start({ artifact, device, living, program, page, place }: Loaded, scroll: Scroll = []): void {
    const frame = h("iframe", {
      // In its own address, since a frame without an origin may not change it in every browser.
      src: `/frame${place.search}${place.hash}`,
      sandbox: SANDBOX,
      title: page.page.title || "Preview",
      class: "next",
    });
    const port = this.#connect(frame);
    port.onmessage = ({ data }: MessageEvent<unknown>): void => {
      const message = readMessage(data);
      if (message) this.#receive(message, { frame, port, device, artifact });
    };
    this.#dropNext();
    this.element.append(frame);
    this.#latest = port;
    const script = living?.program ?? program.script;
    // A live program may have to start again from the same bytes; for another they are gone.
    const given = living ? [] : program.assets.map((asset) => asset.bytes);
    post(port, { type: "load", program: { ...program, script, scroll } }, given);
  }

  /** Show changed modules in the frame that was started last. */
  update(seq: number, modules: readonly LiveModule[]): void {
    if (this.#latest) post(this.#latest, { type: "update", seq, modules }, []);
  }

  /** A frame that never came to be drawn has nothing to wait for once another starts. */
  #dropNext(): void {
    for (const frame of this.element.querySelectorAll(".next")) frame.remove();
  }

  async #load(
    device: string,
    artifact: Artifact,
    shown: Shown,
    progress: (part: number) => void,
  ): Promise<Omit<Program, "scroll">> {
    const { version, assets } = artifact;
    const { url, page, script, style, preludes } = shown;
    const needed = eagerOf(artifact, shown);
    const eager = assets.filter((asset) => needed.has(asset.url));
    let done = 0;
    const counted = async <Result>(work: Promise<Result>): Promise<Result> => {
      const result = await work;
      progress((done += 1) / (eager.length + preludes.length + 2));
      return result;
    };
    const [scriptText, styleText, loadedPreludes, loaded] = await Promise.all([
      counted(this.api.text(device, version, script)),
      style === null ? null : counted(this.api.text(device, version, style)),
      Promise.all(preludes.map(async (url) => counted(this.preludes.load(url)))),
      inTurns(eager, (asset) => counted(this.api.asset(device, version, asset))),
    ]);
    return {
      url,
      page,
      preludes: loadedPreludes,
      script: artifact.living ? (JSON.parse(scriptText) as LiveProgram) : scriptText,
      style: styleText,
      assets: loaded,
      more: assets.filter((asset) => !needed.has(asset.url)).map((asset) => asset.url),
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
    const isOld = from.port !== this.#latest;
    if (isOld && (message.type === "updated" || message.type === "restart")) return;
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
