/** Which methods to run, in which order, for what the user agreed to. Pure. */

import { ProfileError } from "./errors.ts";
import type { ConsentLevel, Method, MethodOffer } from "./method.ts";
import type { Target } from "./target.ts";

export interface Offered {
  method: Method;
  offer: MethodOffer;
}

export interface Plan {
  /** In order; each next one runs only while growth is not yet explained. */
  steps: Offered[];
  /** The user named the method: where it fails, nothing else stands in for it. */
  is_named: boolean;
  /** The highest consent that these steps need. */
  consent: ConsentLevel;
  /** The best methods that were left out for want of consent. */
  declined: Offered[];
}

/** Every method that concerns the target, best first, with what it would need here. */
export async function offerMethods(
  methods: readonly Method[],
  target: Target,
  seconds: number,
): Promise<Offered[]> {
  const concerned = methods.filter((method) => method.appliesTo(target)).sort((a, b) => a.rank - b.rank);
  return await Promise.all(
    concerned.map(async (method) => ({ method, offer: await method.describe(target, seconds) })),
  );
}

/**
 * `auto`: the free methods that tell a stack, then with `consent` the best one for the runtime's heap, and what looks outside that
 * heap for growth that is not in it; never one that asks twice, which has to be named. A name: that method alone. Throws ProfileError where the named one is unknown, cannot run here or
 * needs more consent.
 */
export function planSteps(offered: readonly Offered[], name: string, consent: ConsentLevel): Plan {
  if (name !== "auto") return planNamed(offered, name, consent);
  const available = offered.filter(({ offer }) => offer.available);
  const isHint = ({ method }: Offered) => method.rank >= HINT_RANK;
  const free = available.filter((one) => one.offer.consent === 0 && !isHint(one));
  const asking = chooseAsking(available.filter((one) => one.offer.consent === 1 && !isHint(one)));
  const agreed = consent >= 1 ? asking : [];
  const steps = [...free, ...agreed];
  // Where nothing tells more, the best hint is better than nothing; the others are read beside it (take_profile.ts).
  const chosen = steps.length > 0 ? steps : available.filter((one) => one.offer.consent === 0).slice(0, 1);
  if (chosen.length === 0) {
    throw new ProfileError(
      offered[0]?.offer.reason ?? "no method can run on this process; --dry-run lists what each needs",
    );
  }
  return {
    steps: chosen,
    is_named: false,
    consent: agreed.length > 0 ? 1 : 0,
    declined: agreed.length > 0 ? [] : asking.slice(0, 1),
  };
}

/** Each takes a window of its own, and asks something of the process. */
const MAX_OUTSIDE = 2;

/** For the heap the best, and the next one should that fail; then what looks outside it. */
const MAX_HEAP = 2;

function chooseAsking(asking: readonly Offered[]): Offered[] {
  const isOutside = ({ method }: Offered) => method.layer === "outside";
  return [
    ...asking.filter((one) => !isOutside(one)).slice(0, MAX_HEAP),
    ...asking.filter(isOutside).slice(0, MAX_OUTSIDE),
  ];
}

/** Methods of this rank and above say where memory is touched or mapped, not who keeps it. */
const HINT_RANK = 80;

function planNamed(offered: readonly Offered[], name: string, consent: ConsentLevel): Plan {
  const step = offered.find(({ method }) => method.name === name);
  if (step === undefined) {
    const names = offered.map(({ method }) => method.name).join(", ");
    throw new ProfileError(`no method ${name} for this process; there are: auto, ${names}`);
  }
  const { offer } = step;
  if (!offer.available) throw new ProfileError(`method ${name}: ${offer.reason}`);
  if (offer.consent > consent) {
    throw new ProfileError(
      `method ${name} needs consent (${offer.cost.pause}); add --yes${offer.consent > 1 ? " --yes" : ""}`,
    );
  }
  return { steps: [step], is_named: true, consent: offer.consent, declined: [] };
}
