/** Usage against its limit; nothing is drawn where there is no limit to be near to. */

import { bytes, share } from "../format.ts";

export function Gauge({ used, limit }: { used: number | null; limit: number | null }) {
  if (used === null || limit === null || limit <= 0) return <small>no limit</small>;
  const part = Math.min(1, used / limit);
  const tone = part > 0.9 ? "leak" : part > 0.8 ? "watch" : "calm";
  return (
    <span class={`gauge tone-${tone}`}>
      <i style={{ "--share": `${part * 100}%` }} />
      <span>
        {share(used, limit)} <small>of {bytes(limit)}</small>
      </span>
    </span>
  );
}
