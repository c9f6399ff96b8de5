/** All scenarios. Their order is the order in which they are started. */
import type { Scenario } from "../scenario.ts";
import { DATABASES } from "./databases.ts";
import { INTERPRETED } from "./interpreted.ts";
import { MANAGED } from "./managed.ts";
import { NATIVE } from "./native.ts";
import { WEB } from "./web.ts";

export const SCENARIOS: Scenario[] = [...DATABASES, ...WEB, ...MANAGED, ...INTERPRETED, ...NATIVE];
