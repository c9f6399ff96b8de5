/** Caps on memory that programs declare for themselves: on the command line, in the environment, in configuration files. */

export { declaredCeiling, type DeclaredLimit, fullAt } from "../../model/declared_limit.ts";
export type { DeclaringProcess } from "./declaring_process.ts";
export { type FillTime, fillTime } from "./fill_times.ts";
export { declaredLimits } from "./programs.ts";
export {
  type Declarations,
  type Declaring,
  readDeclarations,
  readDeclaredLimits,
} from "./read_declared_limits.ts";
export { askRedis, redisLimits, type RedisMemory } from "./ask_redis.ts";
