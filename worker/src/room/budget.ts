/** How much a phone may say: an app that writes in a loop must not drown the developer, or the room. */

const MESSAGES_A_SECOND = 20;
const MESSAGE_CHARACTERS = 256 * 1024;

export class Budget {
  readonly #spent = new WeakMap<WebSocket, { readonly second: number; readonly messages: number }>();

  /** Count a message; false if it is one too many, or too long. */
  allows(socket: WebSocket, characters: number): boolean {
    const second = Math.floor(Date.now() / 1000);
    const before = this.#spent.get(socket);
    const messages = (before?.second === second ? before.messages : 0) + 1;
    this.#spent.set(socket, { second, messages });
    return messages <= MESSAGES_A_SECOND && characters <= MESSAGE_CHARACTERS;
  }
}
