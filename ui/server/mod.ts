/** The HTTP side: typed routes over views, the event stream, the page's files, metrics. */

import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { validator } from "hono/validator";
import { Assets, sendAsset } from "./assets.ts";
import type { ServerPorts } from "./server_ports.ts";
import { guard, securityHeaders } from "./access_control.ts";
import { fleetRoutes } from "./fleet_routes.ts";
import { initialState, withInitialState } from "./initial_state.ts";
import { LOGIN_STYLE } from "./login_style.ts";
import { metricsReply } from "./metrics/mod.ts";
import { parseColumns, parseIdentities, parseIdentity, parseRange } from "./query.ts";
import { errorJson, sharedJson } from "./cached_json.ts";
import { SCRAPE_LINGER_SECONDS } from "./viewer_presence.ts";
import type { View } from "./view.ts";

export type { ServerPorts } from "./server_ports.ts";

/** What a client may ask, as strings; `query.ts` holds the bounds. */
interface Query {
  from?: string;
  to?: string;
  last?: string;
  points?: string;
  columns?: string;
  ids?: string;
}

/** Takes the named parameters and drops all others, so that the typed client knows what there is. */
const query = <Name extends keyof Query>(...names: Name[]) =>
  validator("query", (given) =>
    Object.fromEntries(
      names.flatMap((name) => typeof given[name] === "string" ? [[name, given[name]]] : []),
    ) as Pick<Query, Name>);
const range = query("from", "to", "last", "points");

/** The routes of one view; the live machine and every session have the same ones. */
function viewRoutes(resolve: (context: Context) => Promise<View>) {
  return new Hono()
    .get("/now", async (c) => sharedJson(c, await (await resolve(c)).now()))
    .get("/suspects", async (c) => sharedJson(c, await (await resolve(c)).moreSuspects()))
    .get("/series", query("columns", "from", "to", "last", "points"), async (c) => {
      const asked = c.req.valid("query");
      return sharedJson(c, await (await resolve(c)).series(parseColumns(asked.columns), parseRange(asked)));
    })
    .get("/processes", async (c) => sharedJson(c, await (await resolve(c)).processes()))
    .get(
      "/sparks",
      query("ids"),
      async (c) => sharedJson(c, await (await resolve(c)).sparks(parseIdentities(c.req.valid("query").ids))),
    )
    .get("/processes/:pid/:start_ticks", range, async (c) => {
      const identity = parseIdentity(c.req.param("pid"), c.req.param("start_ticks"));
      const reply = await (await resolve(c)).process(identity, parseRange(c.req.valid("query")));
      if (!reply) throw new HTTPException(404, { message: "no such process was seen" });
      return sharedJson(c, reply);
    })
    .get(
      "/kernel",
      range,
      async (c) => sharedJson(c, await (await resolve(c)).kernel(parseRange(c.req.valid("query")))),
    )
    .get(
      "/containers",
      range,
      async (c) => sharedJson(c, await (await resolve(c)).containers(parseRange(c.req.valid("query")))),
    )
    .get(
      "/alerts",
      range,
      async (c) => sharedJson(c, await (await resolve(c)).alerts(parseRange(c.req.valid("query")))),
    );
}

const EVENT_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

/** Everything the server answers. Tests call `app.request`; no socket is needed. */
export function createApp(dependencies: ServerPorts) {
  const { about, live, library, access, assets: texts } = dependencies;
  const assets = new Assets(texts);

  const app = new Hono()
    .use(securityHeaders())
    .use(guard(access))
    .get("/healthz", (c) => c.text("ok\n"))
    .get("/metrics", async (c) => {
      live.presence.touch(SCRAPE_LINGER_SECONDS);
      await live.ready();
      return await metricsReply(c, live, about.version);
    })
    .get("/api/about", (c) => sharedJson(c, about))
    .get("/api/live", (c) => {
      // Who asks for the head alone never listens, nor leaves.
      if (c.req.method === "HEAD") return c.body(null, 200, EVENT_HEADERS);
      const leave = live.presence.join();
      const stream = live.broadcast.subscribe(leave);
      if (stream) return c.body(stream, 200, EVENT_HEADERS);
      leave();
      return c.text("too many viewers\n", 503);
    })
    .route("/api/fleet", fleetRoutes(dependencies.fleet))
    .get("/api/sessions", async (c) => sharedJson(c, await library.list()))
    .route(
      "/api/sessions/:id",
      viewRoutes(async (c) => {
        const view = await library.open(c.req.param("id") ?? "");
        if (!view) throw new HTTPException(404, { message: "no such session" });
        return view;
      }),
    )
    .route(
      "/api",
      viewRoutes(async () => {
        await live.ready();
        return live;
      }),
    )
    .get("/app.js", (c) => sendAsset(c, assets.script()))
    .get("/app.css", (c) => sendAsset(c, assets.style()))
    .get("/icon.svg", (c) => sendAsset(c, assets.icon()))
    .get("/login.css", (c) => c.body(LOGIN_STYLE, 200, { "content-type": "text/css; charset=utf-8" }))
    .get("/", async (c, next) => dependencies.fleet ? c.redirect("/fleet") : await next())
    .get("/*", async (c) => {
      // Every address of a screen is the page itself; a file or a route that is not there is not.
      if (c.req.path.startsWith("/api/") || /\.\w+$/.test(c.req.path)) return c.notFound();
      const look = /^\/(sessions|fleet)/.test(c.req.path) ? null : await initialState(live);
      return c.html(look ? withInitialState(assets.page(), look) : assets.page());
    });

  app.notFound((c) => errorJson(c, "not found", 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException) return errorJson(c, error.message, error.status);
    dependencies.report?.(`${c.req.method} ${c.req.path}: ${error.message}`);
    return errorJson(c, "internal error; see leakwatch's standard error", 500);
  });
  return app;
}

export type AppType = ReturnType<typeof createApp>;
