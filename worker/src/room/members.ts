/** Who is in a room. All that is known of them is in their sockets' attachments, which outlive the room's sleep. */
import type { PreviewClaims } from "../contract.gen.ts";
import type { Device } from "./messages.ts";

type Attachment =
  | { readonly role: "viewer"; readonly device: Device; readonly isHere: boolean }
  | { readonly role: "publisher" };

/** A phone pings three times in this; one that did not is asleep or gone, and must not keep another out. */
const SILENT_MS = 60_000;

export class Members {
  constructor(private readonly context: DurableObjectState) {}

  /** Tell whether this device may come in: it is here already, or there is room for one more. */
  admits({ device_id, devices }: PreviewClaims): boolean {
    const others = new Set(this.#viewers().map(({ device }) => device.id));
    others.delete(device_id ?? "");
    return others.size < (devices ?? 1);
  }

  /** Take a phone's socket; it hears nothing before it has said hello. */
  addViewer(socket: WebSocket, { device_id }: PreviewClaims): void {
    const device = { id: device_id ?? "", name: "", since: Date.now() };
    this.#accept(socket, { role: "viewer", device, isHere: false });
  }

  /** Take the agent's socket, in the place of the one it had. */
  addPublisher(socket: WebSocket): void {
    for (const before of this.context.getWebSockets("publisher")) before.close(1012, "another agent came");
    this.#accept(socket, { role: "publisher" });
  }

  isPublisher(socket: WebSocket): boolean {
    return attachmentOf(socket).role === "publisher";
  }

  deviceOf(socket: WebSocket): Device | null {
    const attachment = attachmentOf(socket);
    return attachment.role === "viewer" ? attachment.device : null;
  }

  /** A phone has said what it is called: from now on it hears everything. */
  welcome(socket: WebSocket, name: string): void {
    const attachment = attachmentOf(socket);
    if (attachment.role !== "viewer") return;
    const device = { ...attachment.device, name };
    socket.serializeAttachment({ role: "viewer", device, isHere: true } satisfies Attachment);
  }

  /** Each device once, however many pages of it are open. */
  devices(): Device[] {
    const here = this.#viewers().filter(({ isHere }) => isHere);
    return [...new Map(here.map(({ device }) => [device.id, device])).values()];
  }

  tellViewers(message: object): void {
    const text = JSON.stringify(message);
    for (const socket of this.context.getWebSockets("viewer")) {
      const attachment = attachmentOf(socket);
      if (attachment.role === "viewer" && attachment.isHere) send(socket, text);
    }
  }

  tellPublisher(message: object): void {
    for (const socket of this.context.getWebSockets("publisher")) send(socket, JSON.stringify(message));
  }

  dismiss(code: number, reason: string): void {
    for (const socket of this.context.getWebSockets()) socket.close(code, reason);
  }

  #accept(socket: WebSocket, attachment: Attachment): void {
    this.context.acceptWebSocket(socket, [attachment.role]);
    socket.serializeAttachment(attachment);
  }

  #viewers(): Extract<Attachment, { role: "viewer" }>[] {
    return this.context
      .getWebSockets("viewer")
      .filter((socket) => this.#isAlive(socket))
      .map(attachmentOf)
      .filter((attachment) => attachment.role === "viewer");
  }

  #isAlive(socket: WebSocket): boolean {
    if (socket.readyState !== WebSocket.OPEN) return false;
    const pinged = this.context.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    const since = this.deviceOf(socket)?.since ?? 0;
    return Date.now() - Math.max(pinged, since) < SILENT_MS;
  }
}

/** Say why a device stays outside. */
export function crowded({ devices = 1 }: PreviewClaims): string {
  return `This preview can be open on ${devices === 1 ? "one device" : `${devices} devices`} at a time.`;
}

function attachmentOf(socket: WebSocket): Attachment {
  return socket.deserializeAttachment() as Attachment;
}

/** A socket that is closing takes nothing more, and that is no failure. */
export function send(socket: WebSocket, text: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(text);
}
