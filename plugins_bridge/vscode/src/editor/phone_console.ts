/** The phone's console in an output channel, with the level and the place of each line. */
import * as vscode from "vscode";
import type { HiveSyncEvent } from "../client/event_stream.ts";
import { isObject } from "../client/json.ts";
import { plainLine, plainText } from "../client/plain_text.ts";
import type { ConsoleLevel, ConsoleLine, DeviceConsoleEvent } from "../contract.gen.ts";
import { ConsolePlaces, type PlaceFound } from "../model/console_places.ts";
import type { Session } from "./session.ts";

const NAME = "HiveSync Phone";
const LINE_CHARACTERS = 10_000;

export class PhoneConsole implements vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel(NAME, { log: true });
  readonly #places = new ConsolePlaces();
  readonly #listening: vscode.Disposable;

  constructor(session: Session) {
    this.#listening = vscode.Disposable.from(
      session.onEvent((event) => {
        this.#hear(event);
      }),
      vscode.languages.registerDocumentLinkProvider(
        { scheme: "output" },
        { provideDocumentLinks: (document) => this.#links(document) },
      ),
    );
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
      this.#write(line.level, this.#textOf(device.name, line));
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

  #textOf(device: string, { text, uncaught, path, file, line, column }: ConsoleLine): string {
    // Short, since the panel is narrow: the panel itself makes links of absolute paths only.
    const end = path
      ? this.#places.ending(plainLine(file ?? path, 1000), { path, line: line ?? 1, column: column ?? 1 })
      : "";
    return `[${plainLine(device)}] ${uncaught ? "Uncaught " : ""}${plainText(text, LINE_CHARACTERS)}${end}`;
  }

  #links(document: vscode.TextDocument): vscode.DocumentLink[] {
    // Named after the channel, and its ending is the editor's own affair.
    if (!document.uri.path.includes(NAME)) {
      return [];
    }
    return document
      .getText()
      .split("\n")
      .flatMap((text, number) => {
        const found = this.#places.find(text.trimEnd());
        return found ? [linkOf(number, found)] : [];
      });
  }
}

function linkOf(number: number, { place, start, end }: PlaceFound): vscode.DocumentLink {
  const at = `L${String(place.line)},${String(place.column)}`;
  const target = vscode.Uri.file(place.path).with({ fragment: at });
  return new vscode.DocumentLink(new vscode.Range(number, start, number, end), target);
}
