/** Asks the person at the terminal before a process is signalled, injected, slowed or paused. */

import type { ConsentLevel } from "../../profile/method.ts";
import { type Offered, type Plan, planSteps } from "../../profile/plan.ts";
import type { Target } from "../../profile/target.ts";
import { safeText } from "../../model/safe_text.ts";
import { UserError } from "../errors.ts";

/**
 * The plan with what --yes allows, or more where the person at the terminal agrees. Throws UserError where the one named method
 * is not agreed to, ProfileError where nothing can run.
 */
export function agree(
  target: Target,
  offered: readonly Offered[],
  { yes, method }: { yes: number; method: string },
): Plan {
  const given = Math.min(yes, 2) as ConsentLevel;
  if (!canAsk()) return planSteps(offered, method, given);
  const wanted = planSteps(offered, method, method === "auto" ? Math.max(given, 1) as ConsentLevel : 2);
  if (wanted.consent <= given) return wanted;
  if (askConsent(target, wanted)) return wanted;
  if (method !== "auto") throw new UserError("nothing was done");
  return planSteps(offered, method, given);
}

/** Whether somebody can answer: both ends of the conversation are a terminal. */
function canAsk(): boolean {
  return Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
}

/** Says what each step does to the target and asks; a second time, by its pid, for what pauses it for seconds. */
function askConsent(target: Target, plan: Plan): boolean {
  const who = `process ${target.pid} (${safeText(target.name)})`;
  const asking = plan.steps.filter((step) => step.offer.consent > 0);
  for (const [at, { method, offer }] of asking.entries()) {
    const when = at === 0 ? "" : "if that fails or does not explain its growth, ";
    console.error(`${when}${method.name} on ${who}: ${method.title}`);
    console.error(`  pause      ${offer.cost.pause}`);
    console.error(`  slowdown   ${offer.cost.slowdown}`);
    console.error(`  stays      ${offer.cost.left_behind}`);
    console.error(`  undo       ${offer.undo}`);
  }
  if (!isYes(ask("Continue? [y/N]"))) return false;
  return plan.consent < 2 ||
    ask(`This is expensive for the process. Type ${target.pid} to continue:`) === String(target.pid);
}

const isYes = (answer: string) => /^y(es)?$/i.test(answer);

/** One line from the terminal; "" at its end. The question goes to stderr: results alone go to stdout. */
function ask(question: string): string {
  Deno.stderr.writeSync(new TextEncoder().encode(`${question} `));
  const bytes = new Uint8Array(256);
  const count = Deno.stdin.readSync(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, count)).trim();
}
