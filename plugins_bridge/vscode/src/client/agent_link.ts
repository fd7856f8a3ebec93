/** The way to this machine's agent. Follows its restarts; never uses a proxy. */
import { Agent, type ClientRequestArgs, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { isReplayable, type Call } from "./call.ts";
import { API_PREFIX, discoveryStamp, readDiscovery, type Discovery } from "./discovery.ts";
import { AgentAbsent, AgentUnfit, HiveSyncError, Offline } from "./errors.ts";
import { bodyOf, ConnectionLost, send, type Answer } from "./exchange.ts";
import { isObject, parseJson } from "./json.ts";
import { connectProven } from "./proof.ts";

export interface AgentLinkSettings {
  discoveryPath: string;
  /** `<name>/<version>`, which the agent shows to the user. */
  clientName: string;
  /** The one backend that it must serve; undefined if any is meant. */
  serving: string | undefined;
}

interface Current {
  stamp: string;
  agent: Discovery;
  pool: ProvenPool;
}

const CONNECTIONS_MAX = 16;
/** Above the agent's own limit of 60 s for a silent backend, so that its reason is what is shown. */
const SILENCE_MS = 75_000;
const OF_THIS_MACHINE = ["/v1/previews", "/v1/projects", "/v1/ai-docs"];

/** Keeps connections open while they are used; each new one is proven. */
class ProvenPool extends Agent {
  readonly #open: () => Promise<Duplex>;

  constructor(open: () => Promise<Duplex>) {
    super({ keepAlive: true, maxSockets: CONNECTIONS_MAX, timeout: SILENCE_MS });
    this.#open = open;
  }

  override createConnection(
    _options: ClientRequestArgs,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const none = undefined as unknown as Duplex;
    this.#open().then(
      (socket) => callback?.(null, socket),
      (error: unknown) => callback?.(error as Error, none),
    );
  }
}

export class AgentLink {
  readonly #settings: AgentLinkSettings;
  #current: Current | undefined;

  constructor(settings: AgentLinkSettings) {
    this.#settings = settings;
  }

  /** Give the agent that was used last. */
  get agent(): Discovery | undefined {
    return this.#current?.agent;
  }

  /** Give the discovery file's stamp: it changes when an agent comes, goes, or is another one. */
  stamp(): Promise<string | undefined> {
    return discoveryStamp(this.#settings.discoveryPath);
  }

  /** Reject unless an agent proves itself now, with `AgentAbsent` or `AgentUnfit` saying why. */
  async check(): Promise<Discovery> {
    const { agent } = await this.#connect();
    (await connectProven(agent, this.#settings.clientName)).destroy();
    return agent;
  }

  /**
   * Send the call and give its whole answer.
   *
   * Rejects with `AgentAbsent` if the call can be sent another way, `AgentUnfit` if it must not, or `Offline`.
   */
  async request(call: Call, signal?: AbortSignal): Promise<Answer> {
    return this.#withRestart(async (current) => {
      const response = await this.#send(current, call, SILENCE_MS, signal);
      const answer = await this.#whole(response);
      if (isOldToken(answer)) {
        throw new AgentAbsent("AGENT_STALE", "The agent was restarted.");
      }
      return answer;
    });
  }

  /** Send the call and give its answer while it comes; rejects likewise. */
  async stream(call: Call, silenceMs: number, signal: AbortSignal): Promise<IncomingMessage> {
    return this.#withRestart((current) => this.#send(current, call, silenceMs, signal));
  }

  close(): void {
    this.#current?.pool.destroy();
    this.#current = undefined;
  }

  /** Ask again, once, if another agent has come meanwhile: what was lost may have been the old one's. */
  async #withRestart<T>(ask: (current: Current) => Promise<T>): Promise<T> {
    const current = await this.#connect();
    try {
      return await ask(current);
    } catch (error) {
      if (!(error instanceof AgentAbsent) || (await this.stamp()) === current.stamp) {
        throw error;
      }
      return ask(await this.#connect());
    }
  }

  async #connect(): Promise<Current> {
    const stamp = await this.stamp();
    if (this.#current && this.#current.stamp === stamp) {
      return this.#current;
    }
    this.close();
    const agent = await readDiscovery(this.#settings.discoveryPath);
    this.#checkBackend(agent);
    const pool = new ProvenPool(() => connectProven(agent, this.#settings.clientName));
    this.#current = { stamp: stamp ?? "", agent, pool };
    return this.#current;
  }

  async #send(
    { agent, pool }: Current,
    call: Call,
    silenceMs: number,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    checkReach(agent, call);
    try {
      return await send({
        origin: `http://127.0.0.1:${String(agent.port)}`,
        method: call.method,
        path: API_PREFIX + call.path,
        headers: {
          ...call.headers,
          Authorization: `Bearer ${agent.token}`,
          "X-HiveSync-Client": this.#settings.clientName,
          "X-HiveSync-Protocol": String(agent.protocol),
        },
        body: call.body,
        agent: pool,
        silenceMs,
        isReplayable: isReplayable(call),
        signal,
      });
    } catch (error) {
      throw agentEnded(error);
    }
  }

  async #whole(response: IncomingMessage): Promise<Answer> {
    try {
      return { status: response.statusCode ?? 0, headers: response.headers, body: await bodyOf(response) };
    } catch (error) {
      throw agentEnded(error);
    }
  }

  #checkBackend(agent: Discovery): void {
    const { serving } = this.#settings;
    if (serving !== undefined && agent.serverUrl !== undefined && agent.serverUrl !== serving) {
      throw new AgentUnfit(
        `The agent serves ${agent.serverUrl}, but HIVESYNC_SERVER_URL is ${serving}. Run \`hivesync agent restart\`.`,
      );
    }
  }
}

/** An agent of another machine would look for our paths among its own files. */
function checkReach(agent: Discovery, call: Call): void {
  if (agent.forwardedFrom !== undefined && call.method === "POST" && OF_THIS_MACHINE.includes(call.path)) {
    throw new HiveSyncError(
      "FORBIDDEN",
      `This takes an agent on this machine; the one that is used here runs on ${agent.forwardedFrom}.`,
    );
  }
}

/** Only the agent's own 401 is about the discovery token; the backend's, without that header, is about the user. */
function isOldToken(answer: Answer): boolean {
  if (answer.status !== 401 || answer.headers["x-hivesync-agent"] === undefined) {
    return false;
  }
  const problem = parseJson(answer.body.toString("utf8"));
  return isObject(problem) && problem["code"] === "AUTH_INVALID";
}

function agentEnded(error: unknown): unknown {
  if (!(error instanceof ConnectionLost)) {
    return error;
  }
  return error.isTimeout
    ? new Offline("The agent took too long to answer.")
    : new AgentAbsent("AGENT_ENDED", "The agent ended during the call.");
}
