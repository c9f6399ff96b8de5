import assert from "node:assert/strict";
import { fittedFrame, shortFrame, userFrames } from "../../profile/frames.ts";

Deno.test("frames: the program's own come first, in each runtime's way of writing", () => {
  const stacks: [string[], string][] = [
    [
      ["java.util.HashMap.put HashMap.java:610", "shop.Orders.keep Orders.java:12"],
      "shop.Orders.keep Orders.java:12",
    ],
    [
      ["runtime.malg /usr/lib/go/src/runtime/proc.go:4", "main.open /srv/tickets.go:26"],
      "main.open /srv/tickets.go:26",
    ],
    [["deepcopy /usr/lib/python3.11/copy.py:128", "remember /srv/leak.py:8"], "remember /srv/leak.py:8"],
    [
      ["load /usr/lib/python3.11/site-packages/shop.py:1"],
      "load /usr/lib/python3.11/site-packages/shop.py:1",
    ],
    [["java.lang.Thread.run Thread.java:840"], "java.lang.Thread.run Thread.java:840"],
    [["javaish.Keeper.keep Keeper.java:1"], "javaish.Keeper.keep Keeper.java:1"],
  ];
  for (const [stack, first] of stacks) assert.equal(userFrames(stack)[0], first);
});

Deno.test("frames: a sentence names the file alone, a column keeps the function and the line", () => {
  assert.equal(shortFrame("remember /srv/shop/leak.js:12"), "remember leak.js:12");
  assert.equal(shortFrame("g_malloc (libglib-2.0.so.0)"), "g_malloc (libglib-2.0.so.0)");
  assert.equal(shortFrame("main"), "main");
  const frame = "remember /srv/shop/releases/20261120/node_modules/cache/lib/leak.js:12";
  assert.ok(fittedFrame(frame, 40).length <= 40, fittedFrame(frame, 40));
  assert.match(fittedFrame(frame, 40), /^remember ….*\/lib\/leak\.js:12$/);
  // The file's own name stays whole, however narrow the column.
  assert.match(fittedFrame(frame, 5), /^remember …leak\.js:12$/);
  assert.equal(fittedFrame("remember leak.js:12", 40), "remember leak.js:12");
});
