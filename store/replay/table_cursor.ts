import type { SessionEntry } from "../catalog.ts";
import type { AnyTable } from "../table.ts";
import { readColumns, readTable, type TableRow } from "../table_reader.ts";

/** One table of a session, row by row. */
export class TableCursor {
  /** The next row; null: there is none left. */
  head: TableRow | null = null;
  readonly #batches: AsyncGenerator<TableRow[]>;
  readonly #restores: (((item: unknown, cell: string) => void) | undefined)[];
  readonly #indexes: ReadonlyMap<string, number>;
  #rows: TableRow[] = [];
  #at = 0;

  private constructor(session: SessionEntry, table: AnyTable, names: string[]) {
    const columns = table.columns.filter(({ name }) => names.includes(name));
    const asked = columns.map(({ name }) => name);
    this.#restores = columns.map(({ restore }) => restore);
    this.#indexes = new Map(asked.map((name, index) => [name, index]));
    this.#batches = readTable(session, table.name, { columns: asked });
  }

  /** Stands at the first row. A session that has no such table has no rows. */
  static async open(session: SessionEntry, table: AnyTable): Promise<TableCursor> {
    const cursor = new TableCursor(session, table, await readColumns(session, table.name));
    await cursor.advance();
    return cursor;
  }

  has(column: string): boolean {
    return this.#indexes.has(column);
  }

  /** A cell of the head; "" where the recording has no such column. */
  cell(column: string): string {
    return this.head?.cells[this.#indexes.get(column) ?? -1] ?? "";
  }

  /** Puts the head's cells back into a thing. */
  restore(item: unknown): void {
    const { cells } = this.head!;
    for (let i = 0; i < this.#restores.length; i++) this.#restores[i]?.(item, cells[i]!);
  }

  /** Goes to the next row; a promise only where the file has to be read on. */
  advance(): void | Promise<void> {
    if (this.#at < this.#rows.length) this.head = this.#rows[this.#at++]!;
    else return this.#refill();
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }

  async #refill(): Promise<void> {
    const { done, value } = await this.#batches.next();
    this.#rows = done ? [] : value;
    this.#at = 1;
    this.head = this.#rows[0] ?? null;
  }
}
