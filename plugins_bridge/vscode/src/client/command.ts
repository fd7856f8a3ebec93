/** The `hivesync` command of this machine: where it is, and what it prints. Runs no shell and nothing relative. */
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { posix, win32 } from "node:path";
import { HiveSyncError } from "./errors.ts";
import type { Machine } from "./locations.ts";

export interface Printed {
  code: number;
  out: string;
  error: string;
}

const OUTPUT_MAX_BYTES = 4 * 1024 * 1024;

/** The command is not installed where an editor can find it. */
export class CommandMissing extends HiveSyncError {
  constructor() {
    super(
      "NOT_FOUND",
      "The `hivesync` command is not installed: `pip install ./sdk ./desktop_agent` in a checkout of HiveSync.",
    );
  }
}

export class HiveSyncCommand {
  readonly #machine: Machine;
  readonly #account: Readonly<Record<string, string>>;

  /** `account`: variables that say which backend and profile are meant, whatever the command is asked. */
  constructor(machine: Machine, account: Readonly<Record<string, string>>) {
    this.#machine = machine;
    this.#account = account;
  }

  /** Give the command's path, undefined if it is not installed. */
  async find(): Promise<string | undefined> {
    const { platform } = this.#machine;
    const paths = platform === "win32" ? win32 : posix;
    const name = platform === "win32" ? "hivesync.exe" : "hivesync";
    for (const folder of this.#folders()) {
      // A relative folder on PATH means one of the folder that is open, and so a program of a stranger.
      if (paths.isAbsolute(folder) && (await isExecutable(paths.join(folder, name)))) {
        return paths.join(folder, name);
      }
    }
    return undefined;
  }

  /** Run it; its exit code is part of the answer. Rejects with `CommandMissing`. */
  async run(
    args: readonly string[],
    deadlineMs: number,
    environment: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<Printed> {
    const path = await this.find();
    if (path === undefined) {
      throw new CommandMissing();
    }
    const env = { ...this.#machine.environment, ...this.#account, ...environment };
    const options = {
      env,
      cwd: this.#machine.home,
      timeout: deadlineMs,
      maxBuffer: OUTPUT_MAX_BYTES,
      signal,
    };
    const { promise, resolve, reject } = Promise.withResolvers<Printed>();
    const child = execFile(path, args, options, (error, out, failure) => {
      if (error && typeof error.code !== "number") {
        reject(new HiveSyncError("INTERNAL_ERROR", `\`hivesync ${args[0] ?? ""}\` did not end in time.`));
      } else {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, out, error: failure });
      }
    });
    child.stdin?.end();
    return promise;
  }

  #folders(): string[] {
    const { platform, home, environment } = this.#machine;
    if (platform === "win32") {
      return (environment["PATH"] ?? environment["Path"] ?? "").split(";");
    }
    // An editor that was started from the desktop does not have the shell's PATH.
    const usual = [posix.join(home, ".local", "bin"), "/opt/homebrew/bin", "/usr/local/bin"];
    return [...(environment["PATH"] ?? "").split(":"), ...usual];
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
