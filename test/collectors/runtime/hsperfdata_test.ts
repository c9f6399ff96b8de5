import assert from "node:assert/strict";
import fc from "fast-check";
import { ParseError } from "../../../collectors/fs.ts";
import { type Hsperfdata, parseCounters, parseHsperfdata } from "../../../collectors/runtime/hsperfdata.ts";

const MIB = 1024 * 1024;

async function fixture(name: string): Promise<Uint8Array> {
  const file = await Deno.open(new URL(`../../fixtures/hsperfdata/${name}.gz`, import.meta.url));
  return new Uint8Array(
    await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer(),
  );
}

/** OpenJDK 17.0.15 with -Xmx256m, 14 s into a program that keeps 5 MB/s beside 400 MB/s of garbage. */
const RECORDED: Record<string, Partial<Hsperfdata>> = {
  serial: {
    collector: "serial",
    old_used_bytes: 52894192,
    old_capacity_bytes: 178978816,
    old_max_bytes: 178978816,
    old_used_is_after_collection: true,
    young_used_bytes: 50184760 + 4456720,
    young_max_bytes: 89456640,
    heap_max_bytes: 256 * MIB,
    collections: 65,
    full_collections: 0,
    collection_seconds: 0.603320031,
    last_collection_seconds: 13.790462682,
    metaspace_used_bytes: 125264,
    classes_loaded: 414,
    threads_live: 6,
    java_command: "Grow 50 hello",
    vm_arguments: "-XX:+UseSerialGC -Xmx256m",
  },
  parallel: {
    collector: "parallel",
    old_used_bytes: 59002448,
    old_max_bytes: 179306496,
    heap_max_bytes: 256 * MIB,
    collections: 57,
    full_collections: 0,
  },
  g1: {
    collector: "g1",
    old_used_bytes: 91673600,
    old_capacity_bytes: 157 * MIB,
    old_max_bytes: 256 * MIB,
    old_used_is_after_collection: true,
    young_used_bytes: 6553616,
    heap_max_bytes: 256 * MIB,
    collections: 111,
    full_collections: 0,
  },
  zgc: {
    collector: "zgc",
    old_used_bytes: 82 * MIB,
    old_max_bytes: 256 * MIB,
    old_used_is_after_collection: false,
    young_used_bytes: null,
    young_max_bytes: null,
    heap_max_bytes: 256 * MIB,
    collections: 264,
    full_collections: null,
  },
  shenandoah: {
    collector: "shenandoah",
    old_used_bytes: 124522128,
    old_used_is_after_collection: false,
    young_used_bytes: null,
    heap_max_bytes: 256 * MIB,
    collections: 250,
    full_collections: null,
    collection_seconds: 0.703536430,
  },
};

for (const [name, expected] of Object.entries(RECORDED)) {
  Deno.test(`hsperfdata: what a JVM with ${name} publishes`, async () => {
    const parsed = parseHsperfdata(await fixture(name));
    for (const [key, value] of Object.entries(expected)) {
      assert.deepEqual(parsed[key as keyof Hsperfdata], value, key);
    }
  });
}

type Entry = [name: string, value: bigint | string];

/** The bytes a JVM of either byte order would write. */
function encode(entries: Entry[], little: boolean): Uint8Array {
  const texts = entries.map(([name, value]) => ({
    name: new TextEncoder().encode(`${name}\0`),
    value: typeof value === "string" ? new TextEncoder().encode(`${value}\0`) : value,
  }));
  const sizeOf = ({ name, value }: typeof texts[0]) =>
    dataOffset(name) + (typeof value === "bigint" ? 8 : Math.ceil(value.length / 8) * 8);
  const dataOffset = (name: Uint8Array) => Math.ceil((20 + name.length) / 8) * 8;
  const bytes = new Uint8Array(32 + texts.reduce((total, entry) => total + sizeOf(entry), 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xcafec0c0);
  bytes.set([little ? 1 : 0, 2, 0, 1], 4);
  view.setInt32(24, 32, little);
  view.setInt32(28, entries.length, little);
  let at = 32;
  for (const entry of texts) {
    const { name, value } = entry;
    const data = dataOffset(name);
    view.setInt32(at, sizeOf(entry), little);
    view.setInt32(at + 4, 20, little);
    view.setInt32(at + 8, typeof value === "bigint" ? 0 : value.length, little);
    bytes[at + 12] = (typeof value === "bigint" ? "J" : "B").charCodeAt(0);
    view.setInt32(at + 16, data, little);
    bytes.set(name, at + 20);
    if (typeof value === "bigint") view.setBigInt64(at + data, value, little);
    else bytes.set(value, at + data);
    at += sizeOf(entry);
  }
  return bytes;
}

const text = fc.string({ unit: "grapheme", maxLength: 200 }).filter((value) => !value.includes("\0"));
const entries = fc.uniqueArray(
  fc.tuple(
    text,
    fc.oneof(fc.bigInt({ min: -(2n ** 52n), max: 2n ** 52n }), text),
  ),
  { selector: ([name]) => name, maxLength: 40 },
) as fc.Arbitrary<Entry[]>;

Deno.test("hsperfdata: every counter comes back, in both byte orders", () => {
  fc.assert(fc.property(entries, fc.boolean(), (written, little) => {
    const read = parseCounters(encode(written, little));
    for (const [name, value] of written) {
      assert.equal(read.get(name), typeof value === "bigint" ? Number(value) : value);
    }
  }));
});

Deno.test("hsperfdata: hostile bytes raise ParseError and nothing else", async () => {
  const whole = await fixture("g1");
  const survives = (bytes: Uint8Array) => {
    try {
      parseHsperfdata(bytes);
    } catch (error) {
      assert(error instanceof ParseError, String(error));
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), survives));
  const edits = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(edits, fc.nat(whole.length), (changes, length) => {
    const bytes = whole.slice(0, length);
    for (const [at, value] of changes) bytes[at] = value;
    survives(bytes);
  }));
});

Deno.test("hsperfdata: sizes that no heap has are unknown, not numbers", () => {
  const parsed = parseHsperfdata(encode([
    ["sun.gc.collector.0.name", "G1 young collection pauses"],
    ["sun.gc.generation.1.space.0.used", -1n],
    ["sun.gc.generation.1.maxCapacity", 2n ** 62n],
    ["sun.gc.collector.0.time", 5n],
    ["sun.os.hrt.frequency", 0n],
  ], true));
  assert.equal(parsed.old_used_bytes, null);
  assert.equal(parsed.heap_max_bytes, null);
  assert.equal(parsed.collection_seconds, null);
});

Deno.test("hsperfdata: a JVM that is still starting is not read", async () => {
  const bytes = await fixture("serial");
  bytes[7] = 0;
  assert.throws(() => parseHsperfdata(bytes), /not yet complete/);
});
