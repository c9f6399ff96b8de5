/** All methods, one line each. */

import type { Method } from "./method.ts";

export const METHODS: readonly Method[] = [];
