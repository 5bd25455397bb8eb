export const STYLES = `
:root { color-scheme: light dark; --back: #fff; --text: #1c2330; --soft: #525c6c; --line: #d5dae2; --panel: #f4f6f9;
  --one: #1f5fbf; --two: #a84a12; --three: #7a2da0; --band: #f6d9a8; --good: #17692f; --bad: #b3202c; }
@media (prefers-color-scheme: dark) {
  :root { --back: #14181f; --text: #e8ebf0; --soft: #aab3c0; --line: #39424f; --panel: #1d232c;
    --one: #7fb2ff; --two: #ffb27a; --three: #d9a5f5; --band: #5a431a; --good: #7fd695; --bad: #ff98a0; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 3rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .4rem 0; }
.verdict { border-left: .35rem solid; padding: .5rem .8rem; background: var(--panel); font-weight: 600; }
.good { border-color: var(--good); } .bad { border-color: var(--bad); }
.soft { color: var(--soft); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .6rem; margin: 1rem 0; }
dl div { background: var(--panel); padding: .5rem .7rem; border-radius: .4rem; }
dt { color: var(--soft); font-size: .875rem; } dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } tbody th { font-weight: 400; }
details { margin: .3rem 0; } summary { cursor: pointer; color: var(--one); }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 13px; }
.grid { stroke: var(--line); fill: none; }
.mark { stroke: var(--text); stroke-dasharray: 2 3; fill: none; }
.band { fill: var(--band); }
.bar { fill: var(--one); }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.line-1 { stroke: var(--one); } .line-2 { stroke: var(--two); stroke-dasharray: 8 4; }
.line-3 { stroke: var(--three); stroke-dasharray: 1 4; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; margin: .3rem 0; padding: 0; font-size: .875rem; }
.legend svg { display: inline-block; width: 2rem; height: .8rem; vertical-align: middle; margin-right: .35rem; }
@media (max-width: 36rem) { figure svg text { font-size: 22px; } }
figure { margin: 0; } figcaption { font-size: .875rem; }
`;
