/**
 * A server that answers the few queries leakwatch sends, from series in memory: for errors that a real one gives seldom, and for
 * reports that are the same every time.
 */

import type { HistorySeries } from "../end_to_end/lab/fleet/history.ts";

export interface FakeData {
  series: readonly HistorySeries[];
  /** Unix seconds of a grid position. */
  timeOf: (position: number) => number;
  step_seconds: number;
}

/** What was asked, for tests that look at it. */
export interface Asked {
  path: string;
  parameters: URLSearchParams;
  headers: Headers;
}

/** Answers instead of the server where it wants to; null: let the server answer. */
export type Intercept = (asked: Asked, index: number) => Response | Promise<Response> | null;

export interface FakeServer {
  url: string;
  asked: Asked[];
  close(): Promise<void>;
}

export const NO_DATA: FakeData = { series: [], timeOf: (position) => position, step_seconds: 60 };

export function fakePrometheus(data: FakeData, intercept: Intercept = () => null, prefix = ""): FakeServer {
  const asked: Asked[] = [];
  const controller = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: controller.signal, onListen() {} },
    async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      const parameters = request.method === "POST" ? new URLSearchParams(await request.text()) : searchParams;
      const each = { path: pathname, parameters, headers: request.headers };
      const index = asked.push(each) - 1;
      const instead = await intercept(each, index);
      if (instead) return instead;
      if (!pathname.startsWith(`${prefix}/api/v1/`)) {
        return new Response("<html>404 page not found</html>", {
          status: 404,
        });
      }
      return answerTo(pathname.slice(prefix.length), parameters, data);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}${prefix}`,
    asked,
    async close() {
      controller.abort();
      await server.finished;
    },
  };
}

/** `{"status":"success","data":…}`. */
export const success = (data: unknown, more: object = {}): Response =>
  Response.json({ status: "success", data, ...more });

/** `{"status":"error",…}` with an HTTP status. */
export const failure = (status: number, error: string, headers: Record<string, string> = {}): Response =>
  Response.json({ status: "error", errorType: "execution", error }, { status, headers });

function answerTo(path: string, parameters: URLSearchParams, data: FakeData): Response {
  if (path === "/api/v1/status/buildinfo") return success({ version: "2.42.0" });
  if (path === "/api/v1/label/__name__/values") {
    return success([...new Set(data.series.map(({ labels }) => labels["__name__"]))].sort());
  }
  const query = parameters.get("query")!;
  const isRange = path.endsWith("_range");
  const end = Number(parameters.get(isRange ? "end" : "time"));
  const start = isRange ? Number(parameters.get("start")) : end;
  const step = isRange ? Number(parameters.get("step")) : 1;
  const times: number[] = [];
  for (let time = start; time <= end; time += step) times.push(time);
  const result = evaluate(query, times, data);
  return success(
    isRange
      ? { resultType: "matrix", result: result.map(({ metric, points }) => ({ metric, values: points })) }
      : {
        resultType: "vector",
        result: result.map(({ metric, points }) => ({ metric, value: points.at(-1) })),
      },
  );
}

interface Evaluated {
  metric: Record<string, string>;
  points: [number, string][];
}

function evaluate(query: string, times: readonly number[], data: FakeData): Evaluated[] {
  const subtraction = /^(avg_over_time\(.*\]\)) - (avg_over_time\(.*\]\))$/.exec(query);
  if (subtraction) {
    const [total, left] = [evaluate(subtraction[1]!, times, data), evaluate(subtraction[2]!, times, data)];
    return total.map(({ metric, points }, i) => ({
      metric,
      points: points.map((
        [time, value],
        k,
      ): [number, string] => [time, String(Number(value) - Number(left[i]!.points[k]?.[1]))]),
    }));
  }
  const average = /^avg_over_time\((.*)\[(\d+)s\]\)$/.exec(query);
  if (average) return over(average[1]!, Number(average[2]), times, data, mean);
  const without = /^sum without \(([^)]*)\) \((.*)\)$/.exec(query);
  if (without) return grouped(evaluate(without[2]!, times, data), without[1]!.split(", "), true, sum);
  const count = /^count by \(([^)]*)\) \(last_over_time\((.*)\[(\d+)s\]\)\)$/.exec(query);
  if (count) {
    const each = over(count[2]!, Number(count[3]), times, data, () => 1);
    return grouped(each, count[1]!.split(", "), false, sum);
  }
  const limit = /^(?:max|sum) by \(([^)]*)\) \(last_over_time\((.*)\[(\d+)s\]\) > 0\)$/.exec(query);
  if (limit) {
    const each = over(limit[2]!, Number(limit[3]), times, data, (values) => values.at(-1)!);
    return grouped(each, limit[1]!.split(", "), false, (values) => Math.max(...values));
  }
  const samples = /^max\(count_over_time\((.*)\[(\d+)s\]\)\)$/.exec(query);
  if (samples) {
    return grouped(
      over(samples[1]!, Number(samples[2]), times, data, (v) => v.length),
      [],
      false,
      (v) => Math.max(...v),
    );
  }
  const starts = /^max_over_time\((.*)\[(\d+)s\]\) and \(changes\(.*\) > 0\)$/.exec(query);
  if (starts) {
    return over(starts[1]!, Number(starts[2]), times, data, (v) => new Set(v).size > 1 ? Math.max(...v) : NaN)
      .map(({ metric, points }) => ({ metric, points: points.filter(([, value]) => value !== "NaN") }))
      .filter(({ points }) => points.length > 0);
  }
  const newest = /^last_over_time\((.*)\[(\d+)s\]\)$/.exec(query);
  if (newest) return over(newest[1]!, Number(newest[2]), times, data, (values) => values.at(-1)!);
  throw new Error(`the fake server does not know ${query}`);
}

const mean = (values: readonly number[]) => sum(values) / values.length;
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** A function of the samples in a sliding range, for each series that the selector takes. */
function over(
  selector: string,
  range: number,
  times: readonly number[],
  { series, timeOf, step_seconds }: FakeData,
  of: (values: readonly number[]) => number,
): Evaluated[] {
  const origin = timeOf(0);
  return series.filter(({ labels }) => matches(selector, labels)).flatMap(({ labels, first, values }) => {
    const points = times.flatMap((time): [number, string][] => {
      const from = Math.max(0, Math.floor((time - range - origin) / step_seconds) + 1 - first);
      const to = Math.floor((time - origin) / step_seconds) + 1 - first;
      const within = to > from ? [...values.subarray(from, Math.max(from, to))] : [];
      return within.length === 0 ? [] : [[time, String(of(within))]];
    });
    const { __name__: _, ...metric } = labels;
    return points.length === 0 ? [] : [{ metric, points }];
  });
}

function matches(selector: string, labels: Readonly<Record<string, string>>): boolean {
  const [, name, body = ""] = /^([^{]+)(?:\{(.*)\})?$/.exec(selector)!;
  if (labels["__name__"] !== name) return false;
  return [...body.matchAll(/([a-z_]+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"/g)].every(
    ([, label, operator, text]) => {
      const value = labels[label!] ?? "", wanted = JSON.parse(`"${text}"`) as string;
      const equals = operator!.endsWith("~") ? new RegExp(`^(?:${wanted})$`).test(value) : value === wanted;
      return operator!.startsWith("!") ? !equals : equals;
    },
  );
}

function grouped(
  series: readonly Evaluated[],
  labels: readonly string[],
  without: boolean,
  of: (values: readonly number[]) => number,
): Evaluated[] {
  const groups = new Map<string, { metric: Record<string, string>; at: Map<number, number[]> }>();
  for (const { metric, points } of series) {
    const kept = Object.fromEntries(
      Object.entries(metric).filter(([name]) => labels.includes(name) !== without),
    );
    const key = JSON.stringify(kept);
    if (!groups.has(key)) groups.set(key, { metric: kept, at: new Map() });
    const { at } = groups.get(key)!;
    for (const [time, value] of points) at.set(time, [...at.get(time) ?? [], Number(value)]);
  }
  return [...groups.values()].map(({ metric, at }) => ({
    metric,
    points: [...at].sort(([a], [b]) => a - b).map((
      [time, values],
    ): [number, string] => [time, String(of(values))]),
  }));
}
