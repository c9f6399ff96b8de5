/** The sample of a colour that a legend begins with. */

export function Swatch({ color, hatched, dashed }: { color: string; hatched?: boolean; dashed?: boolean }) {
  return (
    <i
      class={`swatch${hatched ? " hatched" : ""}${dashed ? " dashed" : ""}`}
      style={{ "--swatch": `var(--${color})` }}
    />
  );
}
