/**
 * Who may come in. The page shows what runs on a machine, so: only names this server goes by (against DNS rebinding),
 * no request made by another site's page, a token wherever others can reach the port, and headers that leave a browser
 * nothing to execute but our own file.
 */

import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { GuessLimit } from "./guess_limit.ts";
import { loginPage } from "./login.ts";

export interface AccessOptions {
  /** Names besides IP addresses and localhost that a request may be addressed to. */
  host_names: readonly string[];
  /** True: bound to a loopback address, so only loopback names are right. */
  is_loopback: boolean;
  /** Null: no token asked. */
  token: string | null;
}

const COOKIE = "leakwatch";
/** A cookie that is good for a month of looking. */
const COOKIE_SECONDS = 30 * 86_400;
const LONGEST_FORM = 4096;
/** What says nothing about the machine. */
const OPEN_PATHS = ["/healthz", "/login.css", "/icon.svg"];

const digest = (text: string): Uint8Array => createHash("sha256").update(text).digest();

/** Compares digests, so that neither content nor length shows in the time. */
export const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** What the cookie holds: derived from the token, not the token. */
const cookieValue = (token: string): string => createHash("sha256").update(`cookie\0${token}`).digest("hex");

/** 127.0.0.0/8. */
const LOOPBACK = /^127(\.\d{1,3}){3}$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** Host header without its port; null where it makes no sense. */
function hostName(header: string | undefined): string | null {
  const match = header?.match(/^(\[[0-9a-fA-F:.]+\]|[^:\[\]\/@\s]+)(?::\d{1,5})?$/);
  return match ? match[1]!.toLowerCase() : null;
}

function isExpectedHost(header: string | undefined, options: AccessOptions): boolean {
  const name = hostName(header);
  if (name === null) return false;
  if (name === "localhost" || name === "[::1]" || LOOPBACK.test(name)) return true;
  if (options.is_loopback) return false;
  // A rebinding attack needs a name that the attacker can point elsewhere; an address cannot be.
  return IPV4.test(name) || name.startsWith("[") ||
    options.host_names.some((own) => own.toLowerCase() === name);
}

/** A request that another site's page makes. Following a link to us is none. */
function isForeign(context: Context): boolean {
  const origin = context.req.header("origin");
  if (origin !== undefined && origin !== `http://${context.req.header("host")}`) {
    if (origin !== `https://${context.req.header("host")}`) return true;
  }
  const site = context.req.header("sec-fetch-site");
  if (site === undefined || site === "same-origin" || site === "none") return false;
  const isLink = context.req.method === "GET" && context.req.header("sec-fetch-mode") === "navigate" &&
    context.req.header("sec-fetch-dest") === "document";
  return !isLink;
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers on every answer, wrong ones included. */
export function securityHeaders(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const { headers } = context.res;
    headers.set("content-security-policy", POLICY);
    headers.set("x-content-type-options", "nosniff");
    // With no-referrer a browser says "Origin: null" of our own form (Fetch standard, "append a request Origin header").
    headers.set("referrer-policy", "same-origin");
    headers.set("x-frame-options", "DENY");
    headers.set("cross-origin-opener-policy", "same-origin");
    headers.set("cross-origin-resource-policy", "same-origin");
    headers.set("permissions-policy", "camera=(), microphone=(), geolocation=()");
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  };
}

/** Lets in who may, in this order: right name or right token, no foreign page, GET only, token. */
export function guard(options: AccessOptions, limit: GuessLimit = new GuessLimit()): MiddlewareHandler {
  return async (context, next) => {
    const { path, method } = context.req;
    const address = origin(context);
    const { token } = options;
    const shown = token === null ? null : credentials(context, token);
    // Shown too often wrong, it is not compared any more: not even the right one is known from the others.
    if (shown && limit.isExhausted(address)) return tooManyGuesses(context);
    const mayEnter = shown?.isRight() ?? false;
    // A page that rebinds a name cannot know the token, so a program that does may use any name (a Kubernetes service's).
    const isKnownProgram = mayEnter && shown!.is_bearer;
    if (!isKnownProgram && !isExpectedHost(context.req.header("host"), options)) {
      return context.text("unknown host name; use the address that leakwatch printed\n", 421);
    }
    if (isForeign(context)) return context.text("cross-site request refused\n", 403);
    const isLogin = path === "/login";
    if (method !== "GET" && method !== "HEAD" && !(isLogin && method === "POST")) {
      return context.text("only GET\n", 405, { allow: "GET, HEAD" });
    }
    if (token === null || mayEnter || OPEN_PATHS.includes(path)) {
      return isLogin && token !== null ? await login(context, token, limit) : await next();
    }
    if (isLogin) return await login(context, token, limit);
    // The address that was printed.
    const given = method === "GET" ? context.req.query("token") : undefined;
    if (given !== undefined) {
      if (limit.isExhausted(address)) return tooManyGuesses(context);
      if (isSame(given, token)) return letIn(context, token, path);
    }
    const guess = given ?? shown?.text;
    if (guess !== undefined) limit.record(address(), guess);
    // A browser asks for a page; everything else gets a status it understands.
    if (context.req.header("accept")?.includes("text/html")) return context.redirect("/login", 303);
    return context.text("a token is needed: Authorization: Bearer TOKEN\n", 401, {
      "www-authenticate": 'Bearer realm="leakwatch"',
    });
  };
}

/** Whose guesses are counted together; empty where there is no socket, as in tests of the handler. */
const origin = (context: Context) => (): string =>
  (context.env as { origin?: () => string } | undefined)?.origin?.() ?? "";

const tooManyGuesses = (context: Context): Response =>
  context.text("too many wrong tokens from this address; wait a minute\n", 429, { "retry-after": "60" });

/** What a request shows to be let in; null: nothing. */
function credentials(
  context: Context,
  token: string,
): { text: string; is_bearer: boolean; isRight(): boolean } | null {
  const bearer = context.req.header("authorization")?.match(/^Bearer\s+(.+)$/i)?.[1];
  if (bearer !== undefined) return { text: bearer, is_bearer: true, isRight: () => isSame(bearer, token) };
  const cookie = getCookie(context, COOKIE);
  if (cookie === undefined) return null;
  return { text: cookie, is_bearer: false, isRight: () => isSame(cookie, cookieValue(token)) };
}

async function login(context: Context, token: string, limit: GuessLimit): Promise<Response> {
  if (context.req.method !== "POST") return context.html(loginPage(false));
  const address = origin(context);
  if (limit.isExhausted(address)) return tooManyGuesses(context);
  const length = Number(context.req.header("content-length") ?? NaN);
  if (!(length <= LONGEST_FORM)) return context.text("too long\n", 413);
  const given = (await context.req.parseBody().catch(() => ({} as Record<string, unknown>)))["token"];
  if (typeof given !== "string" || !isSame(given.trim(), token)) {
    limit.record(address(), String(given));
    return context.html(loginPage(true), 401);
  }
  return letIn(context, token, "/");
}

/** Gives the cookie; the token does not stay in the address. */
function letIn(context: Context, token: string, path: string): Response {
  setCookie(context, COOKIE, cookieValue(token), {
    httpOnly: true,
    sameSite: "Strict",
    path: "/",
    maxAge: COOKIE_SECONDS,
    secure: new URL(context.req.url).protocol === "https:",
  });
  return context.redirect(path, 303);
}
