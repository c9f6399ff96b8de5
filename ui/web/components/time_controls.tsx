/** How much time is shown, and the way back from a zoom. */

import { change } from "../address.ts";
import { span, timeToSecond } from "../format.ts";
import { rangeName, RANGES, zoom, zoomTo } from "../time_axis.ts";

export function TimeControls() {
  const zoomed = zoom.value;
  return (
    <div class="time-controls">
      {zoomed && (
        <button type="button" class="zoomed" onClick={() => zoomTo(null, true)}>
          {timeToSecond(zoomed.from)} – {timeToSecond(zoomed.to)} · {span(zoomed.to - zoomed.from)}
          <span aria-hidden="true">✕</span>
          <span class="unseen">back to the whole range</span>
        </button>
      )}
      <div class="segments" role="group" aria-label="Time shown">
        {RANGES.map(({ name, label }) => (
          <button
            type="button"
            key={name}
            aria-pressed={!zoomed && rangeName.value === name}
            onClick={() => change({ range: name, from: null, to: null }, true)}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}
