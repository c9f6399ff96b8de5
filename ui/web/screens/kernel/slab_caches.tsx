/** The kernel's caches of objects: the largest, and those that grow. */

import type { SlabRow } from "../../api.ts";
import { bytes, count, share } from "../../format.ts";
import { bytesColumn, type Column, growthColumns, numberColumn } from "../../components/columns.tsx";
import { Table } from "../../components/table.tsx";

const COLUMNS: Column<SlabRow>[] = [
  { name: "name", label: "cache", sortBy: (row) => row.name, isHeading: true, cell: (row) => row.name },
  bytesColumn("size", "size", (row) => row.size_bytes),
  ...growthColumns<SlabRow>((row) => row.spark),
  numberColumn("objects", "objects", (row) => row.objects, count, { className: "wide" }),
  {
    name: "in_use",
    label: "in use",
    hint: "share of the objects in use; the rest is kept for new ones",
    className: "number wide",
    sortBy: (row) => row.objects ? row.active_objects / row.objects : null,
    cell: (row) => share(row.active_objects, row.objects),
  },
  numberColumn("object", "object", (row) => row.object_bytes, bytes, {
    hint: "size of one object",
    className: "wide",
  }),
];

export function SlabCaches({ caches }: { caches: readonly SlabRow[] | null }) {
  return (
    <section aria-labelledby="slab">
      <h2 id="slab">
        Slab caches <small>the largest, and those that grow</small>
      </h2>
      {caches === null
        ? <p class="quiet">/proc/slabinfo cannot be read here: it takes root or CAP_DAC_READ_SEARCH.</p>
        : <Table columns={COLUMNS} rows={caches} keyOf={(row) => row.name} sortedBy="slab" />}
    </section>
  );
}
