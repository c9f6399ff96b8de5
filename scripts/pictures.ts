/**
 * `deno task pictures [SCREEN …]`: pictures of every screen below test/output/pictures. Needs Chromium. Names:
 * SCREEN_FINDINGS_AGE_LOOK.png.
 */

import { closeBrowser } from "../test/end_to_end/browser.ts";
import { nameOf, PICTURES, showStates, STATES } from "../test/end_to_end/page_pictures.ts";

const wanted = Deno.args;
await Deno.mkdir(PICTURES, { recursive: true });
try {
  await showStates(
    STATES.filter(({ screen }) => wanted.length === 0 || wanted.includes(screen)),
    async (page, state) => {
      await page.screenshot({ path: `${PICTURES}/${nameOf(state)}.png`, fullPage: true });
    },
  );
  console.log(PICTURES);
} finally {
  await closeBrowser();
}
