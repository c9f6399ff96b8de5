/** What stands around the screens of a fleet: which server, which window, and the way back to the list. */

import type { ComponentChildren } from "preact";
import { address } from "../../address.ts";
import { Brand, ThemeButton, toMain } from "../../components/layout.tsx";

export function FleetFrame({ children }: { children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#main" onClick={toMain}>Skip to content</a>
      <header class="top">
        <Brand />
        <nav aria-label="Screens">
          <a href="/fleet" aria-current={address.value.screen === "fleet" ? "page" : undefined}>Fleet</a>
        </nav>
        <span class="status">history</span>
        <ThemeButton />
      </header>
      <main id="main" tabIndex={-1}>{children}</main>
    </>
  );
}
