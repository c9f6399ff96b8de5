/** A command with a button that copies it. */

import { useState } from "preact/hooks";

export function Command({ text }: { text: string }) {
  const [said, say] = useState("copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say("copied");
    } catch {
      // Without a secure context there is no clipboard; the text can still be selected.
      say("select it");
    }
    setTimeout(() => say("copy"), 2000);
  };
  return (
    <span class="command">
      <code>{text}</code>
      <button type="button" onClick={copy} aria-label={`Copy ${text}`}>{said}</button>
    </span>
  );
}
