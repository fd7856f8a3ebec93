/**
 * Opens connections that have proven to end at our agent; nothing secret is ever written to another one.
 *
 * The proof belongs to the connection, not to the port: when an agent dies, another program can take its port at
 * any moment, so a check that was made once says nothing about the next connection.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { connect, type Socket } from "node:net";
import { API_PREFIX, type Discovery } from "./discovery.ts";
import { AgentAbsent } from "./errors.ts";
import { isObject, parseJson } from "./json.ts";

const DEADLINE_MS = 2000;
const ANSWER_MAX_BYTES = 16_384;

/** Connect and prove; reject with `AgentAbsent`. The socket has then answered a nonce of its own. */
export async function connectProven(agent: Discovery, clientName: string): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: agent.port, noDelay: true });
  try {
    await prove(socket, agent, clientName);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Give what an agent with this token answers to this nonce. */
export function expectedProof(token: string, nonce: string): string {
  return createHmac("sha256", token).update(nonce).digest("hex");
}

async function prove(socket: Socket, agent: Discovery, clientName: string): Promise<void> {
  const nonce = randomBytes(32).toString("hex");
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let answer = "";
  const onData = (data: Buffer): void => {
    answer += data.toString("latin1");
    const body = wholeBody(answer);
    if (body !== undefined) {
      resolve(body);
    } else if (answer.length > ANSWER_MAX_BYTES) {
      reject(unproven("its answer is too long"));
    }
  };
  const onError = (): void => {
    reject(new AgentAbsent("AGENT_STALE", "The agent does not answer at its port; it has probably ended."));
  };
  const onClose = (): void => {
    reject(unproven("it closed the connection"));
  };
  const timer = setTimeout(() => {
    reject(unproven("it gave no proof in time"));
  }, DEADLINE_MS);
  socket.on("data", onData).on("error", onError).on("close", onClose);
  socket.on("connect", () => socket.write(request(agent.port, nonce, clientName)));
  try {
    checkProof(await promise, expectedProof(agent.token, nonce));
  } finally {
    clearTimeout(timer);
    // Not paused: whoever uses the socket next listens before another byte can be read, and does not resume it.
    socket.off("data", onData).off("error", onError).off("close", onClose);
  }
}

function request(port: number, nonce: string, clientName: string): string {
  const head = [
    `GET ${API_PREFIX}/?nonce=${nonce} HTTP/1.1`,
    `Host: 127.0.0.1:${String(port)}`,
    `X-HiveSync-Client: ${clientName}`,
  ];
  return `${head.join("\r\n")}\r\n\r\n`;
}

/** Give the body once it has come; throw for what no agent answers, such as a body without its length. */
function wholeBody(answer: string): string | undefined {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) {
    return undefined;
  }
  const head = answer.slice(0, end);
  const length = /^content-length:[ \t]*(\d{1,5})[ \t]*$/imu.exec(head)?.[1];
  const isOk = /^HTTP\/1\.1 200(?: |\r|$)/u.test(head);
  if (!isOk || length === undefined || /^(?:transfer-encoding|connection:[ \t]*close)/imu.test(head)) {
    return "";
  }
  const body = answer.slice(end + 4);
  if (body.length < Number(length)) {
    return undefined;
  }
  // Bytes behind the answer would be taken for the answer to our first request.
  return body.length === Number(length) ? body : "";
}

function checkProof(body: string, expected: string): void {
  const content = parseJson(body);
  const proof = isObject(content) ? content["proof"] : undefined;
  const claimed = Buffer.from(typeof proof === "string" ? proof : "", "utf8");
  const wanted = Buffer.from(expected, "utf8");
  if (claimed.length !== wanted.length || !timingSafeEqual(claimed, wanted)) {
    throw unproven("its proof is wrong");
  }
}

function unproven(why: string): AgentAbsent {
  return new AgentAbsent("AGENT_UNPROVEN", `What listens on the agent's port is not the agent: ${why}.`);
}
