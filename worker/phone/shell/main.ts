/** The phone page: opens the link, follows the preview's versions, and keeps the app's frame in view. */
import type { Diagnostic } from "../../src/contract.gen.ts";
import type { Artifact, Current, CurrentAnswer } from "../../src/preview/artifact.ts";
import type { FromFrame, RuntimeError } from "../messages.ts";
import { Offline, PreviewApi, Refused } from "./api.ts";
import * as screens from "./screens.ts";
import { DeviceAccess } from "./session.ts";
import { Stage } from "./stage.ts";
import { locate } from "./trace.ts";
import { View } from "./view.ts";

const RETRY_MS = 3_000;
const NOTES_MAX = 20;

class PreviewPage {
  readonly #api: PreviewApi;
  readonly #access: DeviceAccess;
  readonly #stage: Stage;
  readonly #view: View;
  #artifact: Artifact | null = null;
  #notes: string[] = [];
  #wake: () => void = () => undefined;

  constructor(previewId: string) {
    this.#api = new PreviewApi(previewId);
    this.#access = new DeviceAccess(this.#api, previewId);
    this.#stage = new Stage(this.#api, {
      rendered: (version) => {
        this.#view.drawn(version);
      },
      message: (message, version) => void this.#receive(message, version),
    });
    this.#view = new View(this.#stage.element);
  }

  /** Follow the preview for as long as the page is open. */
  async run(): Promise<void> {
    this.#view.show(screens.working("opening"));
    for (let stamp = ""; ;) {
      try {
        stamp = await this.#follow(stamp);
      } catch (error) {
        if (!(await this.#explain(error))) return;
        // With nothing on the screen but an explanation, the state is asked for anew.
        if (!this.#artifact) stamp = "";
      }
    }
  }

  /** One look at what is newest; give the stamp to wait from. */
  async #follow(after: string): Promise<string> {
    const device = await this.#access.token();
    const { answer, stamp } = await this.#api.current(device, after);
    if (stamp !== after) await this.#apply(device, answer);
    return stamp;
  }

  async #apply(device: string, answer: CurrentAnswer): Promise<void> {
    if (answer.state === "building") {
      this.#view.show(screens.working("building"));
    } else if (answer.state === "failed") {
      await this.#showFailure(device, answer);
    } else {
      await this.#showVersion(device, answer.version);
    }
  }

  async #showVersion(device: string, version: number): Promise<void> {
    if (this.#artifact?.version === version) return;
    const quietly = this.#artifact !== null;
    const progress = (part: number): void => {
      if (!quietly) this.#view.show(screens.working("loading", part));
    };
    progress(0);
    this.#notes = [];
    this.#artifact = await this.#stage.show(device, version, progress);
  }

  async #showFailure(device: string, { error, version, ready_version }: Current): Promise<void> {
    if (ready_version !== null) await this.#showVersion(device, ready_version);
    const back = { label: "Show the last version that worked", act: this.#uncover };
    const shown = error ?? { code: "INTERNAL_ERROR" as const, message: "The preview could not be built." };
    this.#view.show(screens.buildFailed(shown, ready_version === null ? null : back), version);
  }

  readonly #uncover = (): void => {
    this.#view.clear();
  };

  async #receive(message: FromFrame, version: number): Promise<void> {
    if (this.#artifact && this.#artifact.version !== version) return;
    if (message.type === "console" && (message.level === "error" || message.level === "warn")) {
      this.#notes = [...this.#notes, message.text].slice(-NOTES_MAX);
    } else if (message.type === "open") {
      // The tap in the frame counts for this page too; without one, the browser blocks it.
      window.open(message.href, "_blank", "noopener,noreferrer");
    } else if (message.type === "error") {
      await this.#showAppError(message.error, version);
    }
  }

  async #showAppError(error: RuntimeError, version: number): Promise<void> {
    this.#stage.revealLatest();
    const choices = [
      { label: "Reload", act: reload },
      { label: "Dismiss", act: this.#uncover },
    ];
    // That the same version is drawn after its error does not make the error good.
    this.#view.show(screens.appFailed(await this.#locate(error), this.#notes, choices), version + 1);
  }

  /** The map is large and rarely wanted, so it is fetched only now. */
  async #locate(error: RuntimeError): Promise<Diagnostic> {
    try {
      if (!this.#artifact) return { message: error.message };
      const { version, sourceMap } = this.#artifact;
      const map = await this.#api.text(await this.#access.token(), version, sourceMap);
      return locate(error, map);
    } catch {
      return { message: error.message };
    }
  }

  /** Show what is wrong; tell whether it makes sense to go on. */
  async #explain(error: unknown): Promise<boolean> {
    if (error instanceof Refused && error.isFinal) {
      this.#access.forget();
      this.#view.show(screens.expired(error.message));
      return false;
    }
    const retry = (): void => {
      this.#wake();
    };
    // An app that is on the screen stays there: it goes on working without us.
    if (!this.#artifact) {
      const detail = error instanceof Refused ? error.message : "Something went wrong in this page.";
      this.#view.show(error instanceof Offline ? screens.offline(retry) : screens.broken(detail, retry));
    }
    await this.#pause();
    return true;
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      window.addEventListener("online", this.#wake, { once: true });
      setTimeout(resolve, RETRY_MS);
    });
  }
}

function reload(): void {
  location.reload();
}

const previewId = /^\/p\/([0-9a-f-]+)/.exec(location.pathname)?.[1] ?? "";
// A scanned link to the page that is already open changes only the fragment.
window.addEventListener("hashchange", () => {
  if (location.hash.length > 1) reload();
});
void new PreviewPage(previewId).run();
