import assert from "node:assert/strict";
import { userFrames } from "../../profile/frames.ts";

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
