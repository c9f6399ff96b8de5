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

  private constructor(session: SessionEntry, table: AnyTable, names: string[], lazy: boolean) {
    const columns = table.columns.filter(({ name }) => names.includes(name));
    const asked = columns.map(({ name }) => name);
    this.#restores = columns.map(({ restore }) => restore);
    this.#indexes = new Map(asked.map((name, index) => [name, index]));
    this.#batches = readTable(session, table.name, { columns: asked, lazy });
  }

  /** Stands at the first row. A session that has no such table has no rows. */
  static async open(session: SessionEntry, table: AnyTable, lazy = false): Promise<TableCursor> {
    const cursor = new TableCursor(session, table, await readColumns(session, table.name), lazy);
    await cursor.advance();
    return cursor;
  }

  has(column: string): boolean {
    return this.#indexes.has(column);
  }

  /** A cell of the head, or of another row; "" where the recording has no such column. */
  cell(column: string, row: TableRow | null = this.head): string {
    return row?.cells[this.#indexes.get(column) ?? -1] ?? "";
  }

  /** Puts a row's cells back into a thing. */
  restore(item: unknown, { cells }: TableRow = this.head!): void {
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
