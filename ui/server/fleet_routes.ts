/** `/api/fleet`: a fleet's history, where `serve --from` reads one. */

import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { validator } from "hono/validator";
import type { FleetPort } from "./api/fleet.ts";
import { sharedJson } from "./cached_json.ts";

const NAME = /^[0-9a-f]{12}$/;

const lifeQuery = validator("query", (given) => {
  const { workload, life } = given;
  if (typeof workload !== "string" || typeof life !== "string" || !NAME.test(workload) || !NAME.test(life)) {
    throw new HTTPException(400, { message: "workload and life are named as /api/fleet names them" });
  }
  return { workload, life };
});

export function fleetRoutes(port: FleetPort | undefined) {
  const fleet = (): FleetPort => {
    if (!port) throw new HTTPException(404, { message: "no fleet is read here: leakwatch serve --from URL" });
    return port;
  };
  return new Hono()
    .get("/", (c) => sharedJson(c, fleet().reply()))
    .get("/life", lifeQuery, async (c) => {
      const { workload, life } = c.req.valid("query");
      const reply = await fleet().life(workload, life);
      if (!reply) throw new HTTPException(404, { message: "no such life was read" });
      return sharedJson(c, reply);
    });
}
