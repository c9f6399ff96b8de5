/** docs/first-leak.md, the parts that put files into /tmp: in the lane of those that look there. */

import { requires } from "../../requires.ts";
import { readerOf } from "./story.ts";

Deno.test({
  ...requires("first leak: a reader finds the line in Python, and that it is gone", "python3", "gdb", "root"),
  fn: () => readerOf((heading) => !heading.startsWith("The same in ")),
});

Deno.test({
  ...requires("first leak: a reader finds the line in Java", "java", "jfr", "root"),
  fn: () => readerOf((heading) => heading === "The same in Java"),
});
