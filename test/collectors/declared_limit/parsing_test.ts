import assert from "node:assert/strict";
import fc from "fast-check";
import { directive, expand, parseIni, yamlScalar } from "../../../collectors/declared_limit/config_files.ts";
import { optionValue, splitWords } from "../../../collectors/declared_limit/options.ts";
import {
  BINARY,
  parsePercent,
  parseProgramSize,
  RABBITMQ,
  REDIS,
} from "../../../collectors/declared_limit/size.ts";

Deno.test("parseProgramSize: units of each program", () => {
  assert.equal(parseProgramSize("256M"), 256 * 1024 ** 2);
  assert.equal(parseProgramSize(" '1.5 GiB' "), 1.5 * 1024 ** 3);
  assert.equal(parseProgramSize("64", {}, 1024 ** 2), 64 * 1024 ** 2);
  assert.equal(parseProgramSize("64m", {}, 1024 ** 2), null);
  assert.equal(parseProgramSize("100m", REDIS), 100e6);
  assert.equal(parseProgramSize("100mb", REDIS), 100 * 1024 ** 2);
  assert.equal(parseProgramSize("2GB", RABBITMQ), 2e9);
  assert.equal(parseProgramSize("2GiB", RABBITMQ), 2 * 1024 ** 3);
  for (
    const text of ["0", "-1", "", "M", "1e9", "0x10", "5 apples", "99999999999999999999", "9E", "1__proto__"]
  ) {
    assert.equal(parseProgramSize(text), null, text);
  }
});

Deno.test("parseProgramSize: what is written is what is read", () => {
  const units = fc.constantFrom("", "k", "M", "Gb", "KiB");
  fc.assert(fc.property(fc.integer({ min: 1, max: 1 << 20 }), units, (count, unit) => {
    assert.equal(
      parseProgramSize(`${count}${unit}`),
      count * (unit === "" ? 1 : BINARY[unit.toLowerCase()]!),
    );
  }));
});

Deno.test("parsePercent: shares above 0 and up to 1", () => {
  assert.equal(parsePercent("25.0"), 0.25);
  assert.equal(parsePercent("100 %"), 1);
  for (const text of ["0", "-5", "101", "x", "1e1"]) assert.equal(parsePercent(text), null, text);
});

Deno.test("optionValue: the last of every form", () => {
  assert.equal(optionValue(["p", "--size=1", "--size", "2"], ["--size"]), "2");
  assert.equal(optionValue(["p", "-m", "5", "-vm7"], ["-m"], "v"), "7");
  assert.equal(optionValue(["p", "-xm7"], ["-m"], "v"), null);
  assert.equal(optionValue(["p", "--", "--size=1"], ["--size"]), null);
  assert.equal(optionValue(["p", "--size"], ["--size"]), null);
});

Deno.test("splitWords: quotes and escapes", () => {
  assert.deepEqual(splitWords(`-a "b c" 'd "e' f\\ g -D"x=y z"`), ["-a", "b c", 'd "e', "f g", "-Dx=y z"]);
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }).filter((word) => !/[\s"'\\]/.test(word))), (words) => {
      assert.deepEqual(splitWords(words.join("  ")), words);
    }),
  );
});

Deno.test("directive: a file that includes itself ends", () => {
  let reads = 0;
  const files = {
    readFile: () => (reads++, "include /a\nmaxmemory 1\ninclude /a\n"),
    listDirectory: () => null,
  };
  assert.equal(directive(files, "/a", "maxmemory")?.text, "1");
  assert(reads <= 100);
});

Deno.test("expand: names that fit a pattern, none hidden", () => {
  const listDirectory = () => [".a.conf", "a.conf", "a.conf.bak", "b.conf", "conf"];
  assert.deepEqual(expand({ listDirectory }, "/d/*.conf"), ["/d/a.conf", "/d/b.conf"]);
  assert.deepEqual(expand({ listDirectory }, "/d/a*conf*"), ["/d/a.conf", "/d/a.conf.bak"]);
  assert.deepEqual(expand({ listDirectory }, "/*/x*.conf"), []);
  assert.deepEqual(expand({ listDirectory }, "/d/plain"), ["/d/plain"]);
});

Deno.test("parseIni: sections, comments, quotes and directives", () => {
  assert.deepEqual(parseIni("a=1\n[s]\n# x\n; y\nb = 'c # d' # e\nf = g ; h\nskip-x\n!include /i\n"), {
    lines: [
      { section: "", key: "a", value: "1" },
      { section: "s", key: "b", value: "c # d" },
      { section: "s", key: "f", value: "g" },
      { section: "s", key: "skip-x", value: "" },
    ],
    directives: ["!include /i"],
  });
});

Deno.test("yamlScalar: nested and dotted keys", () => {
  const text = "a:\n  b:\n    c: 1\n  d: 2\nb:\n  c: 3\ne.f: '4'\n";
  assert.equal(yamlScalar(text, ["a", "b", "c"]), "1");
  assert.equal(yamlScalar(text, ["a", "d"]), "2");
  assert.equal(yamlScalar(text, ["b", "c"]), "3");
  assert.equal(yamlScalar(text, ["e", "f"]), "4");
  assert.equal(yamlScalar(text, ["c"]), null);
});

Deno.test("files and arguments made to be slow are read in their length", () => {
  const spaces = " ".repeat(1 << 20);
  const hostile = [
    spaces,
    `a ${spaces}b`,
    `a = ${spaces}x`,
    `a: ${spaces}x`,
    '"\\"'.repeat(1 << 18),
    "<!--".repeat(1 << 18),
  ];
  // Squares of these lengths would take hours: that the test ends is what it holds.
  for (const text of hostile) {
    directive({ readFile: () => text, listDirectory: () => null }, "/a", "maxmemory");
    parseIni(text);
    yamlScalar(text, ["a", "b"]);
    splitWords(text);
    assert.equal(parseProgramSize(text), null);
    assert.equal(parsePercent(text), null);
  }
});
