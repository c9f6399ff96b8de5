import "./cli/no_debugger.ts"; // first: until it has run, a signal opens a debugger
import { run } from "./cli/program.ts";

if (import.meta.main) Deno.exit(await run(Deno.args));
