/** HiveSync for one editor: calls, events, and who answers them. Knows nothing of the editor itself. */
import { join } from "node:path";
import { AgentLink } from "./agent_link.ts";
import { newCall, type CallOptions } from "./call.ts";
import { HiveSyncCommand } from "./command.ts";
import { DirectLink } from "./direct_link.ts";
import { HiveSyncError } from "./errors.ts";
import { EventStream, type Listener } from "./event_stream.ts";
import { decoded, type Answer } from "./exchange.ts";
import { discoveryName, isProfile, operationsFolder, runtimeFolder, type Machine } from "./locations.ts";
import { parseOrigin } from "./origin.ts";
import { StoredSession, type Secrets } from "./own_session.ts";
import { Router, type ModeFound } from "./router.ts";
import { Tokens } from "./tokens.ts";

export const LOCAL_SERVER_URL = "http://127.0.0.1:4000";

export interface ClientSettings {
  machine: Machine;
  clientName: string;
  secrets: Secrets;
  /** The backend that an agent of this machine served last; used where the environment names none. */
  lastServerUrl?: string | undefined;
}

export interface RequestOptions extends CallOptions {
  signal?: AbortSignal | undefined;
}

export class Client {
  readonly serverUrl: string;
  readonly command: HiveSyncCommand;
  readonly ownSession: StoredSession;
  readonly #router: Router;
  readonly #tokens: Tokens;

  /** Throws a `HiveSyncError` for an environment that names no usable backend or profile. */
  constructor(settings: ClientSettings) {
    const { machine, clientName } = settings;
    const named = namedServer(machine);
    const profile = namedProfile(machine);
    const apiKey = machine.environment["HIVESYNC_TOKEN"] || undefined;
    // An API key is for the backend that is named beside it, not for whichever an agent served last.
    const last = apiKey === undefined ? parseOrigin(settings.lastServerUrl ?? "") : undefined;
    this.serverUrl = named ?? last ?? LOCAL_SERVER_URL;
    this.command = new HiveSyncCommand(machine, {
      HIVESYNC_SERVER_URL: this.serverUrl,
      HIVESYNC_PROFILE: profile,
    });
    const discoveryPath = join(runtimeFolder(machine), discoveryName(profile));
    const tokens: { get(refused?: string): Promise<string> } = {
      get: (refused) => this.#tokens.get(refused),
    };
    const direct = new DirectLink(this.serverUrl, clientName, tokens);
    this.ownSession = new StoredSession(settings.secrets, direct);
    this.#tokens = new Tokens({
      apiKey,
      command: this.command,
      own: this.ownSession,
    });
    const agent = new AgentLink({ discoveryPath, clientName, serving: named });
    this.#router = new Router(agent, direct, operationsFolder(machine, this.serverUrl, profile));
  }

  /** Give the backend that the agent, or else the environment, names. */
  get backend(): string {
    return this.#router.agent.agent?.serverUrl ?? this.serverUrl;
  }

  /** Make one call, whoever answers it. */
  answer(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    return this.#router.request(newCall(method, path, options), options.signal);
  }

  /** Make one call and give its decoded answer; rejects with a `HiveSyncError` for every other one. */
  async request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    return decoded(await this.answer(method, path, options)) as T;
  }

  get<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return this.request<T>("GET", path, options);
  }

  /** Give all items of a list, up to `most`. */
  async list<T>(path: string, query: CallOptions["query"] = {}, most = 500): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const page: Page<T> = await this.get(path, { query: { limit: 100, ...query, cursor } });
      items.push(...page.items);
      // A page before others is never empty.
      cursor = page.items.length > 0 ? (page.next_cursor ?? undefined) : undefined;
    } while (cursor !== undefined && items.length < most);
    return items;
  }

  listen(listener: Listener): EventStream {
    return new EventStream(this.#router, listener);
  }

  mode(): Promise<ModeFound> {
    return this.#router.mode();
  }

  /** End the editor's own session, if there is one; rejects where the backend could not be told. */
  async endOwnSession(): Promise<void> {
    try {
      await this.ownSession.end();
    } finally {
      // Nobody goes on with what is left in memory.
      this.forgetTokens();
    }
  }

  /** Forget tokens, after a sign-in or sign-out. */
  forgetTokens(): void {
    this.#tokens.forget();
  }

  close(): void {
    this.#router.agent.close();
  }
}

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

function namedServer({ environment }: Machine): string | undefined {
  const value = environment["HIVESYNC_SERVER_URL"];
  if (!value) {
    return undefined;
  }
  const origin = parseOrigin(value);
  if (origin === undefined) {
    // The value is not repeated, since it may hold a password.
    throw new HiveSyncError(
      "VALIDATION_ERROR",
      "HIVESYNC_SERVER_URL must be an https origin, or http on this machine.",
    );
  }
  return origin;
}

function namedProfile({ environment }: Machine): string {
  const value = environment["HIVESYNC_PROFILE"] || "default";
  if (!isProfile(value)) {
    throw new HiveSyncError("VALIDATION_ERROR", "HIVESYNC_PROFILE is no name of a profile.");
  }
  return value;
}
