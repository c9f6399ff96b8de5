/** `/api/fleet`: a fleet's history, where `serve --from` reads one. */

import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { validator } from "hono/validator";
import type { FleetPort } from "./api/fleet.ts";
import { sharedJson } from "./cached_json.ts";

const NAME = /^[0-9a-f]{12}$/;

const lifetimeQuery = validator("query", (given) => {
  const { workload, lifetime } = given;
  if (
    typeof workload !== "string" || typeof lifetime !== "string" || !NAME.test(workload) ||
    !NAME.test(lifetime)
  ) {
    throw new HTTPException(400, { message: "workload and lifetime are named as /api/fleet names them" });
  }
  return { workload, lifetime };
});

export function fleetRoutes(port: FleetPort | undefined) {
  const fleet = (): FleetPort => {
    if (!port) throw new HTTPException(404, { message: "no fleet is read here: leakwatch serve --from URL" });
    return port;
  };
  return new Hono()
    .get("/", (c) => sharedJson(c, fleet().reply()))
    .get("/lifetime", lifetimeQuery, async (c) => {
      const { workload, lifetime } = c.req.valid("query");
      const reply = await fleet().lifetime(workload, lifetime);
      if (!reply) throw new HTTPException(404, { message: "no such lifetime was read" });
      return sharedJson(c, reply);
    });
}
