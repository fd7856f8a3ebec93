/** The phone page: opens the link, stays in the preview's room, and keeps the app's frame in view. */
import type { CallbackError } from "../../src/contract.gen.ts";
import type { Current, CurrentAnswer } from "../../src/preview/artifact.ts";
import type { Changes, Point, ToViewer } from "../../src/room/messages.ts";
import type { FromFrame, RuntimeError } from "../messages.ts";
import { PreviewApi, Refused } from "./api.ts";
import { AppErrors } from "./app_errors.ts";
import { Desk } from "./desk.ts";
import { listKept } from "./kept.ts";
import { mapsOf } from "./maps.ts";
import { Menu } from "./menu.ts";
import { placeOf, Trail, type Place } from "./pages.ts";
import { screenFor } from "./refusals.ts";
import { buildFailed } from "./report.ts";
import { Reporter } from "./reporter.ts";
import { Room } from "./room.ts";
import * as screens from "./screens.ts";
import { DeviceAccess } from "./session.ts";
import { Stage, type Loaded } from "./stage.ts";
import { locateOr, type Maps } from "./trace.ts";
import { View } from "./view.ts";

const RETRY_MS = 3_000;
const MENTIONED_CHARACTERS = 80;
/** How soon a room that was lost is looked for again: phones of one preview should not all come at once. */
const AGAIN_MS = 500;

type Running = Loaded & { readonly maps: Maps };

class PreviewPage {
  readonly #api: PreviewApi;
  readonly #access: DeviceAccess;
  readonly #room: Room;
  readonly #reporter: Reporter;
  readonly #stage: Stage;
  readonly #view: View;
  readonly #menu: Menu;
  readonly #uncover = (): void => {
    this.#view.clear();
  };
  readonly #trail = new Trail((place) => void this.#open(place));
  readonly #back = { label: "Show the last version that worked", act: this.#uncover };
  #shown: Running | null = null;
  #applied = "";
  #problem: CallbackError | null = null;
  #errors = this.#noErrors();
  #wake: () => void = () => undefined;
  /** News are handled one after another: loading a version takes a while. */
  #turn: Promise<void> = Promise.resolve();

  constructor(previewId: string) {
    this.#api = new PreviewApi(previewId);
    this.#access = new DeviceAccess(this.#api, previewId);
    this.#room = new Room(previewId, (message) => {
      this.#turn = this.#turn.then(() => this.#hear(message)).catch((error: unknown) => this.#tell(error));
    });
    this.#reporter = new Reporter((message) => {
      this.#room.send(message);
    });
    this.#stage = new Stage(this.#api, {
      rendered: (version) => {
        this.#view.drawn(version);
      },
      message: (message, version) => void this.#receive(message, version),
    });
    this.#view = new View(this.#stage.element);
    this.#menu = new Menu({
      reload,
      handOver: async () => this.#api.handOver(await this.#access.token()),
    });
    new Desk({ reload, handOver: () => void this.#menu.handOver() });
  }

  /** Follow the preview for as long as the page is open. */
  async run(): Promise<void> {
    this.#view.wait("opening");
    for (let stamp = ""; ;) {
      try {
        const device = await this.#access.token();
        if (await this.#room.stay(device, this.#seen)) {
          await pause(AGAIN_MS * (1 + Math.random()));
        } else {
          stamp = await this.#look(device, stamp);
          this.#view.mention(null);
        }
      } catch (error) {
        if (!(await this.#explain(error))) return;
        // Asked without a stamp, the Worker answers at once: the connection is there again, or it is not.
        stamp = "";
      }
    }
  }

  /** Up to where it has everything. */
  get #seen(): Point {
    return { version: this.#shown?.artifact.version ?? 0, seq: this.#shown?.living?.seq ?? 0 };
  }

  /** Without a room, one look at what is newest; give the stamp to wait from. It also says why there is none. */
  async #look(device: string, after: string): Promise<string> {
    const { answer, stamp } = await this.#api.current(device, after, this.#seen);
    if (stamp !== this.#applied) await this.#apply(device, answer, answer.changes);
    this.#applied = stamp;
    return stamp;
  }

  async #hear(message: ToViewer): Promise<void> {
    if (message.type === "refused") throw new Refused(402, message.code, message.detail);
    this.#view.mention(null);
    if (message.type === "changes") this.#change(message);
    else await this.#apply(await this.#access.token(), message.current, message.changes);
  }

  async #apply(device: string, answer: CurrentAnswer, changes: Changes | null): Promise<void> {
    if (!("ready_version" in answer)) {
      this.#stage.preludes.expect(answer.preludes);
      this.#view.wait(answer.state);
    } else if (answer.state === "failed") {
      await this.#showFailure(device, answer);
    } else {
      await this.#showVersion(device, answer.version, changes);
    }
  }

  async #showVersion(device: string, version: number, changes: Changes | null): Promise<void> {
    if (this.#shown?.artifact.version !== version) {
      const quietly = this.#shown !== null;
      const progress = (part: number): void => {
        if (!quietly) this.#view.wait("loading", part);
      };
      progress(0);
      const loaded = await this.#stage.load(device, version, this.#shown?.place ?? null, progress);
      if (changes) loaded.living?.take(changes);
      this.#start(loaded);
      this.#access.name(loaded.artifact.page.title);
      this.#menu.offer(loaded.artifact.page.title);
    }
    if (changes) this.#change(changes);
  }

  #start(loaded: Loaded): void {
    const maps = mapsOf(this.#api, () => this.#access.token(), loaded.artifact, loaded.page, loaded.living);
    this.#errors = this.#noErrors();
    this.#shown = { ...loaded, maps };
    this.#stage.start(loaded);
  }

  /** Follow a link of the app to another page of its site. */
  #follow(href: string): void {
    if (!this.#shown) return;
    const place = placeOf(this.#shown.artifact, href, this.#shown.page.url);
    if (place) {
      this.#trail.add(place);
      void this.#open(place);
    } else {
      this.#view.mentionBriefly(`This preview has no page "${href.slice(0, MENTIONED_CHARACTERS)}".`);
    }
  }

  /** Show another page of the version that is shown; null is the first. */
  async #open(place: Place | null): Promise<void> {
    const shown = this.#shown;
    if (!shown) return;
    try {
      const loaded = await this.#stage.open(await this.#access.token(), shown.artifact, place);
      // A newer version may have come meanwhile.
      if (this.#shown === shown) this.#start(loaded);
    } catch (error) {
      await this.#tell(error);
    }
  }

  /** Show what a save has changed, or why it can't be shown. */
  #change(changes: Changes): void {
    const modules = this.#shown?.living?.take(changes) ?? [];
    if (modules.length > 0) this.#stage.update(changes.seq, modules);
    if (changes.version !== this.#shown?.artifact.version) return;
    if (changes.problem) this.#view.show(buildFailed(changes.problem, this.#back), Infinity);
    else if (this.#problem) this.#view.clear();
    this.#problem = changes.problem;
  }

  async #showFailure(device: string, { error, version, ready_version }: Current): Promise<void> {
    if (ready_version !== null) await this.#showVersion(device, ready_version, null);
    const shown = error ?? { code: "INTERNAL_ERROR" as const, message: "The preview could not be built." };
    const back = ready_version === null ? null : this.#back;
    this.#view.show(buildFailed(shown, back), version);
  }

  #noErrors(): AppErrors {
    return new AppErrors([
      { label: "Reload", act: reload },
      { label: "Dismiss", act: this.#uncover },
    ]);
  }

  async #receive(message: FromFrame, version: number): Promise<void> {
    const shown = this.#shown;
    if (shown?.artifact.version !== version) return;
    switch (message.type) {
      case "updated":
        this.#renew();
        break;
      case "restart":
        this.#renew();
        this.#stage.start(shown, message.scroll);
        break;
      case "console":
        this.#reporter.console(message, shown.maps);
        if (message.level === "error" || message.level === "warn") this.#errors.note(message.text);
        break;
      case "follow":
        this.#follow(message.href);
        break;
      case "open":
        // The tap in the frame counts for this page too; without one, the browser blocks it.
        window.open(message.href, "_blank", "noopener,noreferrer");
        break;
      case "error":
        this.#reporter.error(message.error, shown.maps);
        await this.#showAppError(message.error, shown.maps, version);
    }
  }

  /** What covered the app, and what was counted, was about what it was before. */
  #renew(): void {
    this.#errors = this.#noErrors();
    if (!this.#problem) this.#view.clear();
  }

  async #showAppError(error: RuntimeError, maps: Maps, version: number): Promise<void> {
    const errors = this.#errors;
    const fresh = errors.count(error);
    if (!fresh) return;
    this.#stage.revealLatest();
    const problem = error.stack === "" ? fresh.problem : await locateOr(fresh.problem, error, maps);
    // That the same version is drawn after its error does not make the error good.
    if (errors === this.#errors) this.#view.show(errors.report(fresh, problem), version + 1);
  }

  /** What goes wrong over the room's news: they are asked for anew, unless there is no going on. */
  async #tell(error: unknown): Promise<void> {
    if (error instanceof Refused && error.code === "TIER_LIMIT") {
      this.#view.show(screenFor(error, false, reload));
    } else if (await this.#explain(error)) {
      this.#room.leave();
    }
  }

  /** Show what is wrong; tell whether it makes sense to go on. */
  async #explain(error: unknown): Promise<boolean> {
    const screen = screenFor(error, !this.#access.isOpen, () => {
      this.#wake();
    });
    if (error instanceof Refused && error.isFinal) {
      this.#access.forget();
      this.#view.show(screen);
      return false;
    }
    // An app that is on the screen stays there: it goes on working without us.
    if (this.#shown) this.#view.mention("No connection. This is the last version that came.");
    else this.#view.show(screen);
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

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function reload(): void {
  location.reload();
}

/** `/p` is the list of this device's previews, `/p/{id}` one of them, and all else is nothing. */
function start(): void {
  const [, , previewId] = location.pathname.split("/");
  if (previewId === undefined || previewId === "") {
    new View(null).show(screens.recent(listKept(Date.now() / 1000)));
  } else if (/^[0-9a-f-]{36}$/.test(previewId)) {
    void new PreviewPage(previewId).run();
  } else {
    new View(null).show(screens.notFound());
  }
}

// A scanned link to the page that is already open changes only the fragment.
window.addEventListener("hashchange", () => {
  if (location.hash.length > 1) reload();
});
start();
