/** What can go wrong between leakwatch and a server, by what is to be done about it. */

export type FleetErrorKind =
  /** Nobody answers: refused, no such name, no trust in its certificate. */
  | "unreachable"
  /** 401, 403, or a credential file that cannot be used. */
  | "denied"
  /** Something answers that is no Prometheus API. */
  | "no_api"
  /** The query is too large for the server, or takes too long: a smaller one may do. */
  | "too_large"
  /** The server asks for patience: 429, 502, 504. */
  | "busy"
  /** More points at once than the server gives. */
  | "too_many_points"
  /** The server does not understand the query. */
  | "bad_query"
  /** The budget is spent, or the user stopped. */
  | "stopped";

/** One line: what, where, what to do. */
export class FleetError extends Error {
  override readonly name = "FleetError";

  constructor(
    readonly kind: FleetErrorKind,
    message: string,
    /** What the server asked to wait. */
    readonly retry_after_seconds: number | null = null,
  ) {
    super(message);
  }
}

/** Longest text of a server that is repeated to the user. */
const MAX_SERVER_TEXT = 200;

/** What a server says, fit for one line. */
export function serverText(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > MAX_SERVER_TEXT ? `${line.slice(0, MAX_SERVER_TEXT)}…` : line;
}

const TOO_MANY_POINTS = /exceeded maximum resolution|too many points/i;
/** Prometheus' --query.max-samples; VictoriaMetrics' -search.max…; time-outs of either; Mimir's and Thanos' limits. */
const TOO_LARGE =
  /too many samples|-search\.max|max(imum)? (number of|query|series|chunks)|timed? ?out|timeout|deadline exceeded|limit (was )?(exceeded|reached)|exceeds? the|query was cancell?ed/i;

/** What an answer other than 200 means. `body` is its beginning. */
export function errorOfAnswer(
  url: string,
  status: number,
  body: string,
  retryAfter: string | null,
): FleetError {
  const { text, isApi } = saidIn(body);
  const serverMessage = text ? `: ${serverText(text)}` : "";
  const wait = retryAfter === null || !/^\d+$/.test(retryAfter) ? null : Number(retryAfter);
  if (status === 401) {
    return new FleetError(
      "denied",
      `${url}: 401, the server requires credentials; give --token-file, or --user with --password-file`,
    );
  }
  if (status === 403) {
    return new FleetError(
      "denied",
      `${url}: 403, these credentials may not read it${serverMessage}; a tenant is named with --header-file (X-Scope-OrgID: NAME)`,
    );
  }
  if (status >= 300 && status < 400) {
    return new FleetError(
      "no_api",
      `${url}: ${status}, a redirect, which is not followed; give the address it points to`,
    );
  }
  if (/HTTP request to an? (HTTPS|TLS)/i.test(text)) {
    return new FleetError("no_api", `${url}: it speaks HTTPS; write https://`);
  }
  if (TOO_MANY_POINTS.test(text)) {
    return new FleetError("too_many_points", `${url}: ${status}${serverMessage}`);
  }
  if (status === 413 || status === 503 || (status >= 400 && TOO_LARGE.test(text))) {
    return new FleetError("too_large", `${url}: ${status}${serverMessage}`, wait);
  }
  if (status === 429 || status === 502 || status === 504) {
    return new FleetError("busy", `${url}: ${status}${serverMessage}`, wait);
  }
  if ((status === 400 || status === 422) && isApi) {
    return new FleetError("bad_query", `${url}: ${status}${serverMessage}`);
  }
  if (status >= 500) return new FleetError("busy", `${url}: ${status}${serverMessage}`, wait);
  return noApi(url, status);
}

export function noApi(url: string, status: number | null = null): FleetError {
  return new FleetError(
    "no_api",
    `no Prometheus API at ${url}${
      status === null ? "" : ` (${status})`
    }; give the prefix too, e.g. /prometheus`,
  );
}

/** `{"status":"error","error":…}` of an API; anything else is a proxy's page. */
function saidIn(body: string): { text: string; isApi: boolean } {
  try {
    const parsed = JSON.parse(body) as { status?: unknown; error?: unknown };
    if (typeof parsed.status === "string") {
      return { text: typeof parsed.error === "string" ? parsed.error : "", isApi: true };
    }
  } catch {
    // A page of a proxy.
  }
  return { text: /<html|<!doctype/i.test(body) ? "" : body, isApi: false };
}

/** What stands behind Deno's "fetch failed". */
export function errorOfFetch(url: string, error: unknown): FleetError {
  const cause = causeText(error);
  const hint = /CaUsedAsEndEntity/.test(cause)
    ? "; its certificate is its own CA: sign it with a CA (openssl req -x509 … basicConstraints=CA:FALSE, with --ca-file)"
    : /UnknownIssuer|invalid peer certificate/i.test(cause)
    ? "; name the CA that signed its certificate with --ca-file"
    : "";
  return new FleetError("unreachable", `${url}: ${cause}${hint}`);
}

function causeText(error: unknown): string {
  let deepest: unknown = error;
  for (let depth = 0; depth < 5 && deepest instanceof Error && deepest.cause instanceof Error; depth++) {
    deepest = deepest.cause;
  }
  const message = deepest instanceof Error ? deepest.message : String(deepest);
  const reason = message.replace(/^error sending request for url \([^)]*\):?\s*/, "")
    .replace(/^client error \(Connect\):\s*/, "").replace(/^tcp connect error:\s*/, "")
    .replace(/ \(os error \d+\)$/, "");
  return serverText(reason || message);
}
