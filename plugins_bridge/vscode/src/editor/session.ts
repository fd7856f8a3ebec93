/** Who is signed in, by which way, and what waits: asked for now and then, and whenever an event says so. */
import * as vscode from "vscode";
import type { Client } from "../client/client.ts";
import { asHiveSyncError } from "../client/errors.ts";
import type { HiveSyncEvent } from "../client/event_stream.ts";
import type { ModeFound } from "../client/router.ts";
import type { AgentStatus, UnreadCount, User } from "../contract.gen.ts";
import { standingOf, type Standing } from "../model/standing.ts";

const POLL_MS = 30_000;
const SETTLE_MS = 150;
const TELLING = /^(?:agent|session|notification|operation)\.|^reset$/u;

export class Session implements vscode.Disposable {
  readonly #client: Client;
  readonly #changed = new vscode.EventEmitter<Standing>();
  readonly #events = new vscode.EventEmitter<HiveSyncEvent>();
  readonly #timer: NodeJS.Timeout;
  #soon: NodeJS.Timeout | undefined;
  #standing: Standing | undefined;
  readonly onChange = this.#changed.event;
  readonly onEvent = this.#events.event;

  constructor(client: Client) {
    this.#client = client;
    this.#timer = setInterval(() => {
      // Another window asks, too, and a machine that nobody looks at need not.
      if (vscode.window.state.focused) {
        this.#refreshSoon();
      }
    }, POLL_MS);
  }

  get standing(): Standing | undefined {
    return this.#standing;
  }

  /** Begin to listen for events, until disposed of. */
  start(): vscode.Disposable {
    const stream = this.#client.listen({
      onEvent: (event) => {
        this.#events.fire(event);
        if (TELLING.test(event.type)) {
          this.#refreshSoon();
        }
      },
      onOpen: () => {
        this.#refreshSoon();
      },
      onLost: () => {
        this.#refreshSoon();
      },
    });
    void stream.run();
    this.#refreshSoon();
    return new vscode.Disposable(() => {
      stream.stop();
    });
  }

  /** Ask now; give what is so. */
  async refresh(): Promise<Standing> {
    const found = await this.#client.mode();
    const standing = await this.#ask(found);
    this.#standing = standing;
    this.#changed.fire(standing);
    await vscode.commands.executeCommand("setContext", "hivesync.signedIn", standing.user !== undefined);
    await vscode.commands.executeCommand("setContext", "hivesync.away", !standing.online);
    return standing;
  }

  dispose(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#changed.dispose();
    this.#events.dispose();
  }

  /** Several events at once cost one look. */
  #refreshSoon(): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.refresh(), SETTLE_MS);
  }

  async #ask(found: ModeFound): Promise<Standing> {
    const standing = standingOf(found);
    try {
      if (found.mode === "proxy") {
        addStatus(standing, await this.#client.get<AgentStatus>("/v1/status"));
      } else if (found.mode === "direct") {
        standing.user = await this.#client.get<User>("/api/v1/auth/me");
      }
      if (standing.user && standing.online) {
        const { count, more } = await this.#client.get<UnreadCount>("/api/v1/notifications/unread");
        standing.unread = count;
        standing.unreadMore = more;
      }
    } catch (error) {
      standing.problem = asHiveSyncError(error);
      standing.online &&= standing.problem.code !== "UPSTREAM_UNREACHABLE";
    }
    return standing;
  }
}

function addStatus(standing: Standing, status: AgentStatus): void {
  standing.user = status.user ?? undefined;
  standing.online = status.online;
  standing.paused = status.paused;
  standing.queued = status.queued_operations;
  standing.conflicts = status.conflicting_operations ?? 0;
}
