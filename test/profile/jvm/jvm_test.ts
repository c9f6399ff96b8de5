import assert from "node:assert/strict";
import fc from "fast-check";
import { ProfileError } from "../../../profile/errors.ts";
import { attachRefusal, attachRequest, parseAttachAnswer } from "../../../profile/jvm/attach.ts";
import { isJdkClass, parseClassHistogram, readableClass } from "../../../profile/jvm/class_histogram.ts";
import { parseClassLoaders } from "../../../profile/jvm/class_loaders.ts";
import { parseNativeMemory, tracksNativeMemory } from "../../../profile/jvm/native_memory.ts";
import { explainClass, parseOldObjects } from "../../../profile/jvm/old_objects.ts";
import { undoRecording } from "../../../profile/jvm/recording.ts";
import { sample } from "../samples.ts";

const HOTSPOT = "7f00-7f01 r-xp 00000000 fe:00 12 /usr/lib/jvm/java-17/lib/server/libjvm.so\n";
const CATCHES = "SigCgt:\t1000000181005ccf\n";
const IGNORES = "SigCgt:\t1000000181005ccb\n";

Deno.test("attach: only a HotSpot JVM that catches SIGQUIT and lets others attach", () => {
  assert.equal(attachRefusal(HOTSPOT, "java\0-jar\0a.jar\0", CATCHES), null);
  assert.match(attachRefusal(HOTSPOT, "java\0", IGNORES)!, /would kill/);
  assert.match(
    attachRefusal("7f00-7f01 r-xp 0 fe:00 1 /tmp/notlibjvm.so.txt\n", "java\0", CATCHES)!,
    /not a HotSpot/,
  );
  assert.match(attachRefusal(HOTSPOT, "java\0-XX:+DisableAttachMechanism\0", CATCHES)!, /DisableAttach/);
  assert.match(
    attachRefusal(`${HOTSPOT}7f02-7f03 r-xp 0 fe:00 1 /opt/libj9vm29.so\n`, "java\0", CATCHES)!,
    /OpenJ9/,
  );
  assert.match(attachRefusal(HOTSPOT, "java\0", "no such line")!, /would kill/);
});

Deno.test("attach: the request is version, jcmd, the command and two empty words", () => {
  const text = new TextDecoder().decode(attachRequest("GC.class_histogram -all"));
  assert.deepEqual(text.split("\0"), ["1", "jcmd", "GC.class_histogram -all", "", "", ""]);
  assert.throws(() => attachRequest("a\0b"));
});

Deno.test("attach: an answer is a status line and text, whatever else was sent is refused in one line", () => {
  const answer = (text: string) => parseAttachAnswer(new TextEncoder().encode(text));
  assert.equal(answer("0\nhello\n"), "hello\n");
  assert.equal(answer("0\n"), "");
  assert.throws(
    () => answer("100\njava.lang.IllegalArgumentException: Unknown diagnostic command\n"),
    /Unknown/,
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    try {
      parseAttachAnswer(bytes);
    } catch (error) {
      assert.ok(error instanceof ProfileError && !error.message.includes("\n"));
    }
  }));
});

Deno.test("class histogram: a recorded one", () => {
  const { classes, total_bytes } = parseClassHistogram(sample("jvm_class_histogram.txt"))!;
  assert.equal(total_bytes, 10_845_856);
  assert.equal(classes.get("LeakOrders$1")!.bytes, 56);
  assert.ok(classes.get("byte[]")!.count > 1000);
  assert.ok(classes.has("java.util.HashMap$Node[]"));
  assert.ok(![...classes.keys()].some((name) => name.includes("(")));
});

Deno.test("class histogram: names of two loaders are added up, other texts are none", () => {
  const text = "   1:  10  100  A\n   2:  5  50  A\n   3: 1 8 [[I\nTotal 16 158\n";
  const { classes } = parseClassHistogram(text)!;
  assert.deepEqual(classes.get("A"), { count: 15, bytes: 150 });
  assert.ok(classes.has("int[][]"));
  fc.assert(fc.property(fc.string(), (text) => assert.equal(parseClassHistogram(text), null)));
});

Deno.test("class names: arrays as a person writes them, the JDK's apart from the program's", () => {
  assert.equal(readableClass("[Ljava.lang.String;"), "java.lang.String[]");
  assert.equal(readableClass("[[B"), "byte[][]");
  assert.equal(readableClass("Foo"), "Foo");
  assert.ok(["byte[]", "java.util.List", "jdk.internal.A", "<boot>"].every(isJdkClass));
  assert.ok(!["com.example.Java", "byteBuffer", "javaish.Foo"].some(isJdkClass));
});

Deno.test("old objects: the recorded leak has its line and its holder, the dead sample is dropped", () => {
  const samples = parseOldObjects(sample("jfr_old_objects.json"));
  const found = explainClass(samples, "LeakOrders$OrderRecord")!;
  assert.equal(found.samples, 2);
  assert.ok(found.stack.some((frame) => /^LeakOrders\.recordAudit LeakOrders\.java:\d+$/.test(frame)));
  assert.match(found.held_by, /java\.util\.ArrayList\.elementData <- static LeakOrders\.audit$/);
  assert.equal(explainClass(samples, "Nothing"), null);
  assert.ok(samples.every(({ holders }) => holders.length > 0));
});

Deno.test("old objects: any other JSON gives no samples, a chain without end is cut", () => {
  fc.assert(fc.property(fc.json(), (text) => assert.deepEqual(parseOldObjects(text), [])));
  let object: unknown = { type: { name: "A" } };
  for (let at = 0; at < 500; at++) {
    object = { type: { name: "A" }, referrer: { object, field: { name: "next" } } };
  }
  const text = JSON.stringify({ recording: { events: [{ values: { object } }] } });
  assert.equal(parseOldObjects(text)[0]!.classes.length, 64);
});

Deno.test("native memory: a recorded summary, and whether it was asked for", () => {
  const memory = parseNativeMemory(sample("jvm_native_memory.txt"))!;
  assert.equal(memory.get("Java Heap"), 398_458_880);
  assert.equal(memory.get("Thread"), 905_856);
  assert.equal(parseNativeMemory("Native memory tracking is not enabled\n"), null);
  assert.ok(tracksNativeMemory("java\0-XX:NativeMemoryTracking=detail\0", ""));
  assert.ok(tracksNativeMemory("java\0", "A=b\0JAVA_TOOL_OPTIONS=-Xmx1g -XX:NativeMemoryTracking=summary\0"));
  assert.ok(
    !tracksNativeMemory("java\0-XX:NativeMemoryTracking=off\0", "X=-XX:NativeMemoryTracking=summary\0"),
  );
});

Deno.test("class loaders: a recorded table", () => {
  const { loaders, classes, total_bytes } = parseClassLoaders(sample("jvm_class_loaders.txt"))!;
  assert.equal(classes, 603);
  assert.equal(total_bytes, 563_712);
  assert.deepEqual(loaders.get("<boot class loader>"), { count: 1, bytes: 561_280 });
  assert.equal(parseClassLoaders("java.lang.Exception\n"), null);
});

Deno.test("recording: an undo step of another name removes nothing", async () => {
  const step = { pid: 1, start_ticks: 0, proc: "/proc", same_mnt: true, name: "../etc/passwd" };
  assert.match((await undoRecording(step))!, /refused/);
});
