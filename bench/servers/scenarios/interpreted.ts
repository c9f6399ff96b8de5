/** Node, Python, Ruby, PHP and Erlang. */
import { type Context, healthy, leak, MIB, perHour, requests, type Scenario } from "../scenario.ts";

type Arguments = (string | number)[];

const node = (way: string, ...rest: Arguments) => ({ programs, port }: Context) => [
  "node",
  `${programs}/server.mjs`,
  String(port),
  way,
  ...rest.map(String),
];

/** The interpreter of the distribution: one under a version manager starts through a shell. */
const PYTHON = "/usr/bin/python3";
const python = (file: string, way: string, ...rest: Arguments) => ({ programs, port }: Context) => [
  PYTHON,
  `${programs}/${file}`,
  String(port),
  way,
  ...rest.map(String),
];

const ruby = (way: string, ...rest: Arguments) => ({ programs, port }: Context) => [
  "ruby",
  `${programs}/server.rb`,
  String(port),
  way,
  ...rest.map(String),
];

const erlang = (way: string, ...rest: Arguments) => ({ built }: Context) => [
  "erl",
  "-noinput",
  "-pa",
  built,
  "-run",
  "table",
  "start",
  way,
  ...rest.map(String),
];

const NODE: Scenario[] = [
  healthy({
    name: "node-http",
    what: "JSON under load",
    needs: ["node"],
    command: node("plain"),
    load: requests(20),
  }),
  healthy({
    name: "node-lru",
    what: "keeps the last 6,000 answers of 8 KiB: full after 10 min",
    needs: ["node"],
    warm_up_seconds: 600,
    command: node("lru", 8192, 6000),
    load: requests(10),
  }),
  leak({
    name: "node-map",
    what: "orders stay in a Map",
    needs: ["node"],
    rate_per_hour: perHour(5600, 10),
    command: node("map", 5600),
    load: requests(10),
  }),
  leak({
    name: "node-listeners",
    what: "a listener per request, never removed",
    needs: ["node"],
    rate_per_hour: perHour(4096, 5),
    command: node("listeners", 4096),
    load: requests(5),
  }),
  leak({
    name: "node-buffers",
    what: "buffers outside of the heap",
    needs: ["node"],
    rate_per_hour: perHour(65536, 2),
    command: node("buffers", 65536),
    load: requests(2),
  }),
  leak({
    name: "node-unbounded-cache",
    what: "a cache keyed by URL with its query, without bound",
    needs: ["node"],
    rate_per_hour: perHour(10240, 4),
    command: node("unbounded-cache", 10240),
    load: requests(8),
  }),
];

const PYTHON_SERVERS: Scenario[] = [
  healthy({
    name: "python-idle",
    what: "waits for requests that do not come",
    needs: [PYTHON],
    command: python("server.py", "plain"),
  }),
  healthy({
    name: "python-lru",
    what: "lru_cache of 4,000 pages of 12 KiB",
    needs: [PYTHON],
    warm_up_seconds: 800,
    command: python("server.py", "lru", 12288, 4000),
    load: requests(5),
  }),
  healthy({
    name: "python-sessions",
    what: "sessions of 16 KiB that end after 8 min",
    needs: [PYTHON],
    warm_up_seconds: 480,
    command: python("server.py", "sessions", 16384, 480),
    load: requests(8),
  }),
  healthy({
    name: "python-prefork-recycled",
    what: "workers lose 24 KiB per request and are replaced after some 325 requests",
    needs: [PYTHON],
    command: python("prefork.py", "recycled", 24576, 300),
    load: requests(4),
  }),
  healthy({
    name: "python-batch",
    what: "every five minutes a job of 80 MiB for a minute and a half",
    needs: [PYTHON],
    command: ({ programs }) => [PYTHON, `${programs}/batch.py`, "300", "80", "90"],
  }),
  leak({
    name: "python-list",
    what: "a history that only grows",
    needs: [PYTHON],
    rate_per_hour: perHour(7000, 5),
    command: python("server.py", "list", 7000),
    load: requests(5),
  }),
  leak({
    name: "python-dict",
    what: "an entry per request",
    needs: [PYTHON],
    command: python("server.py", "dict", 4000),
    load: requests(5),
  }),
  leak({
    name: "python-bursts",
    what: "an entry per request, load for 60 s of every 120 s",
    needs: [PYTHON],
    rate_per_hour: perHour(8192, 5),
    command: python("server.py", "list", 8192),
    load: requests(10, { bursts: { on: 60, off: 60 } }),
  }),
  leak({
    name: "python-bursts-long",
    what: "an entry per request, load for four of every eight minutes, the first time after four",
    needs: [PYTHON],
    rate_per_hour: perHour(16384, 4),
    warm_up_seconds: 240,
    command: python("server.py", "list", 16384),
    load: requests(8, { bursts: { on: 240, off: 240 }, startsAfter: 240 }),
  }),
  leak({
    name: "python-prefork-parent",
    what: "the parent of forked workers keeps every report; workers are replaced",
    needs: [PYTHON],
    rate_per_hour: perHour(6000, 3),
    command: python("prefork.py", "parent", 6000, 300),
    load: requests(3),
  }),
];

const OTHERS: Scenario[] = [
  healthy({
    name: "ruby-http",
    what: "JSON under load",
    needs: ["ruby"],
    command: ruby("plain"),
    load: requests(6),
  }),
  leak({
    name: "ruby-array",
    what: "an audit trail in an array",
    needs: ["ruby"],
    rate_per_hour: perHour(7000, 5),
    command: ruby("array", 7000),
    load: requests(5),
  }),
  healthy({
    name: "php-worker",
    what: "a queue worker that keeps nothing",
    needs: ["php"],
    command: ({ programs }) => ["php", `${programs}/worker.php`, "plain", String(60 * MIB), "4096"],
  }),
  leak({
    name: "php-worker-log",
    what: "a queue worker whose log of the request never ends",
    needs: ["php"],
    rate_per_hour: 60 * MIB,
    command: ({ programs }) => ["php", `${programs}/worker.php`, "log", String(60 * MIB), "3040"],
  }),
  healthy({
    name: "erlang-table",
    what: "a table of the last thousand rows",
    needs: ["erl"],
    uses: ["table.beam"],
    command: erlang("plain", 10, 4096),
  }),
  leak({
    name: "erlang-ets",
    what: "rows that are never deleted from an ets table",
    needs: ["erl"],
    uses: ["table.beam"],
    rate_per_hour: perHour(4096, 10),
    command: erlang("leak", 10, 4096),
  }),
];

export const INTERPRETED: Scenario[] = [...NODE, ...PYTHON_SERVERS, ...OTHERS];
