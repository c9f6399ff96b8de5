/** Light and dark by the reader's setting, black on white in print. */
export const STYLE = `
:root { --ground: #fbfbfa; --card: #fff; --ink: #1c1e21; --soft: #5b616a; --line: #dfe1e4;
  --critical: #b3261e; --warning: #8a5300; --good: #1f6f43;
  --c0: #2b6cb0; --c1: #b7791f; --c2: #2f855a; --c3: #805ad5; --c4: #c05621; --c5: #4a5568; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #15171a; --card: #1d2024; --ink: #e6e8eb; --soft: #a0a7b1; --line: #33383f;
    --critical: #ff8a80; --warning: #f0b45a; --good: #7fd1a1;
    --c0: #63a4e8; --c1: #e0b050; --c2: #68c296; --c3: #b39ddb; --c4: #ef9a6a; --c5: #a0aec0; } }
* { box-sizing: border-box; }
p { overflow-wrap: anywhere; }
body { margin: 0 auto; padding: 1.5rem; max-width: 68rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0; } header p { margin: .2rem 0 1.5rem; color: var(--soft); }
h2 { font-size: .8rem; letter-spacing: .06em; margin: 0; }
section { margin: 0 0 1.6rem; } small, .note { color: var(--soft); font-size: .8rem; }
.heading, .short { display: flex; gap: .4rem 1rem; align-items: baseline; flex-wrap: wrap; }
.heading { justify-content: space-between; border-bottom: 1px solid var(--line); padding-bottom: .3rem; margin-bottom: .5rem; }
.short { margin-bottom: .6rem; } .short p { margin: 0; flex: 1; min-width: 14rem; } .note { margin: .3rem 0 .8rem; }
article { background: var(--card); border: 1px solid var(--line); border-left: .35rem solid var(--soft); border-radius: .4rem;
  padding: .6rem .9rem; margin: 0 0 .6rem; }
article.critical { border-left-color: var(--critical); } article.warning { border-left-color: var(--warning); }
article p { margin: .15rem 0; } .word { text-transform: uppercase; font-size: .8rem; margin-right: .4rem; }
article.critical .word, .tone-critical { color: var(--critical); } article.warning .word, .tone-warning { color: var(--warning); }
.command { color: var(--soft); max-height: 4.5em; overflow: auto; } .watch-line .word { color: var(--warning); } .quiet-line .word, .tone-good { color: var(--good); } .tone-quiet { color: var(--soft); }
.tone-critical, .tone-strong { font-weight: 600; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; user-select: all; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .87rem; }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: .75rem; white-space: nowrap; }
th, td { padding: .18rem .7rem .18rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; } dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0 0 .6rem; } dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; } .lines { list-style: none; margin: 0 0 .5rem; padding: 0; }
figure { margin: .8rem 0; overflow-x: auto; } figcaption { font-size: .8rem; color: var(--soft); display: flex; gap: 1rem; flex-wrap: wrap; }
svg { width: 100%; min-width: 32rem; height: auto; display: block; } svg text { fill: var(--soft); font-size: 11px; }
svg .grid { stroke: var(--line); stroke-width: 1; } svg .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.k::before { content: ""; display: inline-block; width: .7em; height: .7em; border-radius: .15em; margin-right: .35em; background: currentColor; }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); } .c4 { color: var(--c4); } .c5 { color: var(--c5); }
svg .line { stroke: currentColor; } svg .area { fill: currentColor; fill-opacity: .55; }
.flame rect { fill: currentColor; fill-opacity: .28; } .flame svg text { fill: var(--ink); font-size: 11px; pointer-events: none; }
@media print { :root { --ground: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; }
  body { max-width: none; padding: 0; font-size: 10pt; } article, figure, tr { break-inside: avoid; } .scroll { overflow: visible; } }
`;
