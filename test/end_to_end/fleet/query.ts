/** Questions to a real server, and patience. */

export interface InstantValue {
  labels: Record<string, string>;
  value: number;
}

/** An instant query now. Throws where the server refuses it. */
export async function instant(url: string, query: string): Promise<InstantValue[]> {
  const response = await fetch(`${url}/api/v1/query`, {
    method: "POST",
    body: new URLSearchParams({ query }),
  });
  const { status, data, error } = await response.json();
  if (status !== "success") throw new Error(`${query}: ${error}`);
  return data.result.map((
    { metric, value }: { metric: Record<string, string>; value: [number, string] },
  ) => ({
    labels: metric,
    value: Number(value[1]),
  }));
}

/** Looks once a second until it holds; fails after so many seconds. */
export async function untilTrue(holds: () => Promise<boolean>, seconds = 120): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!await holds()) {
    if (Date.now() > end) throw new Error(`did not come about in ${seconds} s: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
