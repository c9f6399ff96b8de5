/** Sorting of any table's rows. Pure. */

export type SortValue = number | string | null;

/** Unknown values come last in either direction; among equals the order stays as it was. */
export function sortRows<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => SortValue,
  isDown: boolean,
): Row[] {
  const sign = isDown ? -1 : 1;
  return rows.toSorted((a, b) => {
    const one = valueOf(a), other = valueOf(b);
    if (one === other) return 0;
    if (one === null) return 1;
    if (other === null) return -1;
    return sign * (typeof one === "string" ? one.localeCompare(String(other)) : one - Number(other));
  });
}
