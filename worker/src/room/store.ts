/**
 * What a room remembers while it sleeps: the files that were saved since the last whole version, and the modules
 * that came of them. All else is in R2, or in the sockets' own attachments.
 */
import type { CallbackError } from "../contract.gen.ts";
import type { CompiledModule } from "../preview/living/module.ts";
import type { SavedFile } from "./messages.ts";

const TABLES = `
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS modules (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, module TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS modules_by_seq ON modules (seq);
`;

/**
 * Everything but files and modules. `saves` counts them, `seq` only those that could be shown. `broken`: modules of the
 * last save that could not be compiled.
 */
export interface Facts {
  readonly previewId: string;
  readonly projectId: string;
  readonly version: number;
  readonly saves: number;
  readonly seq: number;
  readonly problem: CallbackError | null;
  readonly broken: readonly string[];
}

const NONE_SAVED = { saves: 0, seq: 0, problem: null, broken: [] } as const;
const NOTHING: Facts = { previewId: "", projectId: "", version: 0, ...NONE_SAVED };

export class RoomStore {
  #facts: Facts | null = null;

  constructor(private readonly storage: DurableObjectStorage) {
    storage.sql.exec(TABLES);
  }

  get facts(): Facts {
    this.#facts ??= this.#readFacts();
    return this.#facts;
  }

  note(changes: Partial<Facts>): void {
    this.#facts = { ...this.facts, ...changes };
    const value = JSON.stringify(this.#facts);
    this.storage.sql.exec("INSERT OR REPLACE INTO facts VALUES ('all', ?)", value);
  }

  /** All of it is kept, or none. */
  transaction(work: () => void): void {
    this.storage.transactionSync(work);
  }

  /** Begin a version: what was saved before it is part of it. */
  begin(version: number): void {
    this.storage.transactionSync(() => {
      this.storage.sql.exec("DELETE FROM files");
      this.storage.sql.exec("DELETE FROM modules");
      this.note({ version, ...NONE_SAVED });
    });
  }

  keepFiles(files: readonly SavedFile[]): void {
    for (const { path, content } of files) {
      this.storage.sql.exec("INSERT OR REPLACE INTO files VALUES (?, ?)", path, content);
    }
  }

  keepModules(seq: number, modules: readonly CompiledModule[]): void {
    for (const module of modules) {
      const text = JSON.stringify(module);
      this.storage.sql.exec("INSERT OR REPLACE INTO modules VALUES (?, ?, ?)", module.id, seq, text);
    }
  }

  files(): SavedFile[] {
    return this.storage.sql
      .exec<{ path: string; content: string }>("SELECT path, content FROM files")
      .toArray();
  }

  modulesAfter(seq: number): CompiledModule[] {
    const rows = this.storage.sql.exec<{ module: string }>("SELECT module FROM modules WHERE seq > ?", seq);
    return [...rows].map(({ module }) => JSON.parse(module) as CompiledModule);
  }

  #readFacts(): Facts {
    const [row] = this.storage.sql.exec<{ value: string }>("SELECT value FROM facts").toArray();
    return row ? { ...NOTHING, ...(JSON.parse(row.value) as Partial<Facts>) } : NOTHING;
  }
}
