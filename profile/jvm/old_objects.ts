/**
 * Flight Recorder's OldObjectSample: a few hundred sampled allocations that are still alive, each with the stack that
 * allocated it and, where the recording was dumped with path-to-gc-roots, the chain of references that keeps it alive.
 * Source: OpenJDK, src/hotspot/share/jfr/leakprofiler/. A sample without a chain is dead or was not reached: healthy garbage
 * leads among those, so only samples with a chain count.
 */

import { readableClass } from "./class_histogram.ts";

export interface OldObject {
  /** Class of the sampled object and of all that refer to it, nearest first, in readable form. */
  classes: string[];
  /** Who refers to `classes[at]`: one phrase for each `classes[at + 1]`, "java.util.ArrayList.elementData". */
  holders: string[];
  /** The stack that allocated it, innermost first: "LeakOrders.recordAudit LeakOrders:38". */
  stack: string[];
}

/** Flight Recorder's own commands allocate too. */
const OWN_FRAME = /^jdk\.jfr\./;
/** Deeper chains and stacks say no more; what the file holds is the target's. */
const MAX_DEPTH = 64;
const MAX_SAMPLES = 10_000;

/** From `jfr print --json --events OldObjectSample`; samples without a chain of references are left out. Pure. Throws on no JSON. */
export function parseOldObjects(json: string): OldObject[] {
  const events = asList(asRecord(asRecord(JSON.parse(json)).recording).events);
  return events.slice(0, MAX_SAMPLES).flatMap((event) => {
    const values = asRecord(asRecord(event).values);
    const found = readChain(values.object);
    if (found === null || found.holders.length === 0) return [];
    const stack = asList(asRecord(values.stackTrace).frames).slice(0, MAX_DEPTH).map(readFrame);
    return stack.some((frame) => OWN_FRAME.test(frame)) ? [] : [{ ...found, stack }];
  });
}

/** An object, whose `referrer` names a field or an array and the object that holds it, whose referrer … */
function readChain(object: unknown): { classes: string[]; holders: string[] } | null {
  const classes: string[] = [];
  const holders: string[] = [];
  for (let at = asRecord(object); classes.length < MAX_DEPTH;) {
    const name = className(asRecord(at.type).name);
    if (name === null) return null;
    classes.push(name);
    const referrer = asRecord(at.referrer);
    const holder = asRecord(referrer.object);
    const holderClass = className(asRecord(holder.type).name);
    if (holderClass === null) break;
    const field = asRecord(referrer.field).name;
    const skipped = Number(referrer.skip) > 0 ? `… ${Number(referrer.skip)} more <- ` : "";
    holders.push(skipped + describeHolder(holderClass, field, holder.description));
    at = holder;
  }
  return classes.length === 0 ? null : { classes, holders };
}

/** A static field is held by the Class object, whose description names the class. */
function describeHolder(holderClass: string, field: unknown, description: unknown): string {
  if (typeof field !== "string") return holderClass;
  const owner = /^Class Name: (.+)$/.exec(typeof description === "string" ? description : "")?.[1];
  return owner !== undefined && holderClass === "java.lang.Class"
    ? `static ${owner}.${field}`
    : `${holderClass}.${field}`;
}

function readFrame(frame: unknown): string {
  const { method, lineNumber } = asRecord(frame);
  const { type, name } = asRecord(method);
  const owner = className(asRecord(type).name) ?? "?";
  const simple = owner.slice(owner.lastIndexOf(".") + 1).split("$")[0];
  const line = typeof lineNumber === "number" && lineNumber > 0 ? ` ${simple}.java:${lineNumber}` : "";
  return `${owner}.${typeof name === "string" ? name : "?"}${line}`;
}

/** "[Ljava/lang/Object;" → "java.lang.Object[]". */
function className(name: unknown): string | null {
  return typeof name === "string" && name !== "" ? readableClass(name.replaceAll("/", ".")) : null;
}

/** What samples say of one class: the stack and the chain that most of them share; null where none passes through it. */
export function explainClass(
  samples: readonly OldObject[],
  type: string,
): { stack: string[]; held_by: string; samples: number } | null {
  const matching = samples.filter(({ classes }) => classes.includes(type));
  if (matching.length === 0) return null;
  const stack = mostCommon(matching.map(({ stack }) => stack.join("\n"))).split("\n").filter(Boolean);
  // From the class itself upwards, not from the object that happened to be sampled inside it.
  const held_by = mostCommon(
    matching.map(({ classes, holders }) => holders.slice(classes.indexOf(type)).join(" <- ")),
  );
  return { stack, held_by, samples: matching.length };
}

function mostCommon(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, one) => one[1] > best[1] ? one : best)[0];
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
