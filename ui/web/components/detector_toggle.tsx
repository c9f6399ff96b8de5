/** Shows or hides, over a chart, the trend that the detector has found in it. */

export function DetectorToggle({ isOn, set }: { isOn: boolean; set(isOn: boolean): void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={isOn} onChange={() => set(!isOn)} />
      what the detector saw
    </label>
  );
}
