"""The operator page's style and its one script. Here and not files of their own, so that every bundle has them."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root { color-scheme: dark light; --line: #8885; --bad: #d9534f; --soft: #888; }
* { box-sizing: border-box; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 1400px; padding: 1rem 1.5rem 3rem; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.5rem; border-bottom: 1px solid var(--line); }
header h1 { font-size: 1.25rem; margin: .6rem 0; flex: 1; }
header form { margin: 0; }
h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: anywhere; }
th { font-weight: 600; color: var(--soft); white-space: nowrap; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
time { white-space: nowrap; }
.columns th { white-space: normal; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 0 2.5rem; }
.bad { color: var(--bad); font-weight: 600; }
.soft { color: var(--soft); }
.sign-in { max-width: 22rem; margin: 3rem auto; display: grid; gap: .8rem; }
.sign-in label { display: grid; gap: .2rem; }
input, button { font: inherit; padding: .45rem .7rem; }
"""

SCRIPT: Final = """
"use strict";
const EVERY_MS = 10000;
function localTimes(root) {
  for (const one of root.querySelectorAll("time")) {
    one.textContent = new Date(one.dateTime).toLocaleString(document.documentElement.lang);
  }
}
async function refresh() {
  if (document.hidden) { return; }
  try {
    const reply = await fetch("/ops/part", { credentials: "same-origin", cache: "no-store" });
    if (reply.status === 401) { location.assign("/ops/sign-in"); return; }
    if (!reply.ok) { throw new Error(String(reply.status)); }
    const main = document.querySelector("main");
    main.innerHTML = await reply.text();
    main.classList.remove("bad");
    localTimes(main);
  } catch (error) {
    document.querySelector("main").classList.add("bad");
  }
}
localTimes(document);
if (document.querySelector("main[data-live]")) { setInterval(refresh, EVERY_MS); }
"""
