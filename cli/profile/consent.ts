/** Asks the person at the terminal before a process is signalled, injected, slowed or paused. */

import type { Plan } from "../../profile/plan.ts";
import type { Target } from "../../profile/target.ts";
import { safeText } from "../../model/safe_text.ts";

/** Whether somebody can answer: both ends of the conversation are a terminal. */
export function canAsk(): boolean {
  return Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
}

/** Says what each step does to the target and asks; a second time, by its pid, for what pauses it for seconds. */
export function askConsent(target: Target, plan: Plan): boolean {
  const who = `process ${target.pid} (${safeText(target.name)})`;
  for (const { method, offer } of plan.steps.filter((step) => step.offer.consent > 0)) {
    console.error(`${method.name} looks into ${who}: ${method.title}`);
    console.error(`  pause      ${offer.cost.pause}`);
    console.error(`  slow-down  ${offer.cost.slowdown}`);
    console.error(`  stays      ${offer.cost.left_behind}`);
    console.error(`  undo       ${offer.undo}`);
  }
  if (!isYes(ask("Go on? [y/N]"))) return false;
  return plan.consent < 2 || ask(`This is dear to it. Type ${target.pid} to go on:`) === String(target.pid);
}

const isYes = (answer: string) => /^y(es)?$/i.test(answer);

/** One line from the terminal; "" at its end. The question goes to stderr: results alone go to stdout. */
function ask(question: string): string {
  Deno.stderr.writeSync(new TextEncoder().encode(`${question} `));
  const bytes = new Uint8Array(256);
  const count = Deno.stdin.readSync(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, count)).trim();
}
