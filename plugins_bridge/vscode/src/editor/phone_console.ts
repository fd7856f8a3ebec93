/** The phone's console in an output channel, with the level and the place of each line. */
import * as vscode from "vscode";
import type { HiveSyncEvent } from "../client/event_stream.ts";
import { isObject } from "../client/json.ts";
import { plainLine, plainText } from "../client/plain_text.ts";
import type { ConsoleLevel, ConsoleLine, DeviceConsoleEvent } from "../contract.gen.ts";
import type { Session } from "./session.ts";

const LINE_CHARACTERS = 10_000;

export class PhoneConsole implements vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel("HiveSync Phone", { log: true });
  readonly #listening: vscode.Disposable;

  constructor(session: Session) {
    this.#listening = session.onEvent((event) => {
      this.#hear(event);
    });
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#channel.dispose();
  }

  #hear({ type, data }: HiveSyncEvent): void {
    if (type !== "device.console" || !isObject(data)) {
      return;
    }
    const { device, lines, dropped } = data as unknown as DeviceConsoleEvent;
    for (const line of lines) {
      this.#write(line.level, textOf(device.name, line));
    }
    if (dropped > 0) {
      this.#channel.warn(`[${plainLine(device.name)}] ${String(dropped)} more lines were too many to show.`);
    }
  }

  #write(level: ConsoleLevel, text: string): void {
    if (level === "error") {
      this.#channel.error(text);
    } else if (level === "warn") {
      this.#channel.warn(text);
    } else {
      this.#channel.info(text); // the channel hides "debug" by default
    }
  }
}

function textOf(device: string, { text, uncaught, path, line, column }: ConsoleLine): string {
  // The output panel makes a link of an absolute path with line and column.
  const place = path ? `  ${plainLine(path, 1000)}:${String(line)}:${String(column)}` : "";
  return `[${plainLine(device)}] ${uncaught ? "Uncaught " : ""}${plainText(text, LINE_CHARACTERS)}${place}`;
}
