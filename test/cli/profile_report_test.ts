/** The report of a profile: what it claims, what it does not, and names that are hostile. */

import assert from "node:assert/strict";
import { profileDocument } from "../../cli/profile/document.ts";
import { coverageMessage, headline } from "../../cli/profile/sentence.ts";
import { renderHtml } from "../../cli/report/html.ts";
import { renderMarkdown } from "../../cli/report/markdown.ts";
import { renderText } from "../../cli/report/text.ts";
import { answersGrowth, orderResults, type Profile } from "../../profile/profile.ts";
import { type ProfileResult, rankSites } from "../../profile/result.ts";

function result(part: Partial<ProfileResult> = {}): ProfileResult {
  return {
    method: "perf-malloc",
    pid: 812,
    start_time: "2026-01-01T00:00:00Z",
    seconds: 6,
    part: null,
    growth_bytes: 8 << 20,
    growth_source: "rss",
    meaning: "outstanding",
    coverage: 0.96,
    lost_events: 0,
    sites: rankSites([{
      stack: [
        "malloc (libc.so.6)",
        "operator new (libstdc++.so.6)",
        "remember /srv/leak.cpp:9",
        "handle /srv/leak.cpp:13",
      ],
      type: null,
      live_bytes: 8 << 20,
      count: 7,
      held_by: null,
    }]),
    cost: { pause_ms: 0, slowdown: null, left_behind: [] },
    warnings: [],
    ...part,
  };
}

function profile(...results: ProfileResult[]): Profile {
  return {
    schema: "leakwatch.profile/1",
    process: {
      pid: 812,
      start_ticks: 1,
      start_time: "2026-01-01T00:00:00Z",
      name: "app",
      executable: null,
      runtime: null,
    },
    started_at: "2026-01-01T00:01:00Z",
    results,
    errors: [],
    declined: [],
  };
}

const text = (taken: Profile) => renderText(profileDocument(taken, 5), { color: false }).replace(/\s+/g, " ");

Deno.test("profile report: the first frame of the program's own names the site", () => {
  assert.equal(
    headline(result()),
    "100 % of what was allocated and not freed in 6 s comes from remember leak.cpp:9, called from handle leak.cpp:13",
  );
  assert.match(text(profile(result())), /WHAT GROWS .*these sites explain 96 % of it/);
});

Deno.test("profile report: below half it does not explain the growth, and says so first", () => {
  const low = result({ coverage: 0.31 });
  assert.match(coverageMessage(low), /31 % of it, so they do not explain the growth$/);
  assert.match(text(profile(low)), /NOT EXPLAINED/);
  assert.doesNotMatch(text(profile(low)), /WHAT GROWS/);
});

Deno.test("profile report: no meaning is dressed up as a leak", () => {
  for (
    const meaning of [
      "outstanding",
      "live-sampled",
      "instance-growth",
      "touched",
      "resident-growth",
      "not-referenced",
    ] as const
  ) {
    const report = text(profile(result({ meaning })));
    assert.doesNotMatch(
      report.replaceAll("leak.cpp", "").replaceAll("leakwatch", "").replace(
        /evidence of a leak, not proof/g,
        "",
      ),
      /\bleak/i,
      meaning,
    );
    if (meaning === "touched" || meaning === "resident-growth") {
      assert.match(report, /NOT EXPLAINED .* 96 % of it .*, which does not explain the growth/);
      assert.doesNotMatch(report, /these sites explain/);
      assert.match(report, /--dry-run lists every method/);
    }
  }
  assert.match(headline(result({ meaning: "touched" })), /a hint, not what keeps it/);
  assert.match(headline(result({ growth_bytes: -5 })), /did not grow/);
});

Deno.test("profile report: a hint that covers all growth is no answer, and ends no plan", () => {
  const hints = (["touched", "resident-growth", "not-referenced"] as const).map((meaning) =>
    result({ meaning })
  );
  assert.deepEqual(hints.map(answersGrowth), [false, false, false]);
  assert.ok(answersGrowth(result()));
  assert.ok(!answersGrowth(result({ coverage: 0.4 })));
});

Deno.test("profile report: a method that saw nothing still says why, beside the hint that saw something", () => {
  const report = text(profile(
    result({ method: "smaps", meaning: "resident-growth", coverage: 0.98 }),
    result({
      method: "inspector-sampling",
      meaning: "live-sampled",
      coverage: 0,
      sites: [],
      warnings: ["most of it is outside the heap"],
    }),
  ));
  assert.match(report, /^.*NOT EXPLAINED smaps .*INSPECTOR-SAMPLING .*most of it is outside the heap/);
});

Deno.test("profile report: what may have been inlined is named beside its caller", () => {
  const site = (stack: string[], live_bytes: number) => ({
    stack,
    type: null,
    live_bytes,
    count: null,
    held_by: null,
  });
  const handler = "(anonymous) /srv/app.js:5",
    login = "login /srv/app.js:3",
    session = "Session /srv/app.js:2";
  const sampled = result({
    method: "inspector-sampling",
    meaning: "live-sampled",
    sites: rankSites([site([handler], 80), site([login, handler], 12), site([session, login, handler], 8)]),
  });
  assert.match(
    headline(sampled),
    /comes from \(anonymous\) app\.js:5 or what was inlined there \(it calls login app\.js:3, Session app\.js:2\)$/,
  );
  assert.doesNotMatch(headline({ ...sampled, sites: sampled.sites.slice(0, 1) }), /inlined/);
});

Deno.test("profile report: two blocks may be anybody's, whatever they cover", () => {
  const few = result({ method: "perf-mmap" });
  few.sites = few.sites.map((site) => ({ ...site, count: 2 }));
  assert.ok(!answersGrowth(few));
  assert.match(
    text(profile(few)),
    /NOT EXPLAINED .*96 % of it, but they are 2 blocks only, which may be chance/,
  );
});

Deno.test("profile report: what explains the growth and says who comes first", () => {
  const ordered = orderResults([
    result({ method: "smaps", meaning: "resident-growth", coverage: 1 }),
    result({ method: "perf-mmap", sites: [], coverage: 0 }),
    result({ method: "page-faults", meaning: "touched", coverage: 1 }),
    result({ method: "perf-malloc" }),
  ]);
  assert.deepEqual(ordered.map(({ method }) => method), ["perf-malloc", "page-faults", "smaps", "perf-mmap"]);
});

Deno.test("profile report: names of the process do nothing in any form", () => {
  const name = "\x1b[31m<script>alert(1)</script>|`@x` \u202e";
  const taken = profile(result({
    part: name,
    sites: rankSites([{
      stack: [name, `caller ${name}`],
      type: name,
      live_bytes: 1 << 20,
      count: 1,
      held_by: name,
    }]),
    warnings: [name],
  }));
  taken.process.name = name;
  const report = profileDocument(taken, 0);
  const html = renderHtml(report);
  assert.ok(html.includes('class="flame"'));
  for (const form of [html, renderMarkdown(report), renderText(report, { color: false })]) {
    for (const unsafe of ["\x1b", "\u202e"]) assert.ok(!form.includes(unsafe));
  }
  assert.ok(!html.includes("<script>") && !renderMarkdown(report).includes("<script>"));
});
