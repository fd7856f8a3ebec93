/** Reads server-sent events by the WHATWG rules. Holds no more than one event, and refuses an endless one. */

export interface ServerSent {
  id: string;
  type: string;
  data: string;
}

const EVENT_MAX_CHARACTERS = 32 * 1024 * 1024;

export class ServerSentReader {
  #rest = "";
  #id = "";
  #type = "";
  #data: string[] = [];
  readonly #decoder = new TextDecoder("utf-8");

  /** Take bytes as they come; give the events that they complete. */
  feed(bytes: Uint8Array): ServerSent[] {
    const text = this.#decoder.decode(bytes, { stream: true });
    this.#rest += text;
    if (this.#rest.length > EVENT_MAX_CHARACTERS) {
      throw new Error("An event is far too long.");
    }
    if (!/[\r\n]/u.test(text)) {
      return []; // a long line is looked at once, when it has ended
    }
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/u);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): ServerSent[] {
    if (line === "") {
      return this.#dispatch();
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /u, "");
    if (name === "data") {
      this.#data.push(value);
    } else if (name === "event") {
      this.#type = value;
    } else if (name === "id" && !value.includes("\0")) {
      this.#id = value;
    }
    return [];
  }

  #dispatch(): ServerSent[] {
    const event = { id: this.#id, type: this.#type || "message", data: this.#data.join("\n") };
    const isEmpty = this.#data.length === 0;
    this.#type = "";
    this.#data = [];
    return isEmpty ? [] : [event];
  }
}
