// Two Passes: what a page does beyond being read. Everything here is an addition; without it the page is whole.

const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const words = JSON.parse(document.getElementById("tp-strings")?.textContent ?? "{}");

/** The id that a fragment names. One that was cut off in the middle of a character names none: it stands as it is. */
const named = hash => {
  try { return decodeURIComponent(hash.slice(1)); } catch { return hash.slice(1); }
};

// ---- The other language opens at the heading in view -------------------------------------------------------------------

function headingInView() {
  const line = 140; // just below the header
  return $$(".md-content :is(h2, section, figure)[id]").findLast(each => each.getBoundingClientRect().top < line)?.id ?? "";
}
for (const link of $$(".tp-language")) {
  link.addEventListener("click", () => { link.hash = location.hash.includes("=") ? location.hash : headingInView(); }); // the lab's state comes along
}

// ---- The rail, while it is a popover -----------------------------------------------------------------------------------

const rail = document.getElementById("tp-rail");
const wide = matchMedia("(min-width: 960px)");
const hideRail = () => rail.matches(":popover-open") && rail.hidePopover();
if (rail?.hidePopover) {
  rail.addEventListener("click", event => event.target.closest("a[href^='#']") && hideRail());
  rail.addEventListener("toggle", event => event.newState === "open" && $$("[aria-current]", rail).at(-1)?.scrollIntoView({ block: "center" }));
  wide.addEventListener("change", hideRail);
}

// The heading in view is marked in the rail, which scrolls to it. The observer's line is just below the header, and what has
// passed it no longer meets the rest of the page: nothing is measured, neither at the start nor while the reader scrolls.
const inRail = new Map($$(".tp-rail__toc a").map(link => [document.getElementById(named(link.hash)), link]));
const passed = new Set();
const heads = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries) passed[isIntersecting ? "delete" : "add"](target);
  const here = [...inRail].findLast(([heading]) => passed.has(heading))?.[1];
  for (const link of inRail.values()) link.toggleAttribute("aria-current", link === here);
  here?.setAttribute("aria-current", "location");
  const shown = here ?? rail.querySelector("[aria-current=page]");
  if (wide.matches && shown) rail.scrollTop = shown.offsetTop > rail.clientHeight - 80 ? shown.offsetTop - rail.clientHeight / 3 : 0;
}, { rootMargin: "-140px 0px 1000000px" });
for (const heading of inRail.keys()) if (heading) heads.observe(heading);

// ---- One pass of a network at a time -----------------------------------------------------------------------------------

for (const figure of $$(".tp-figure--network")) {
  const caption = figure.querySelector("figcaption");
  if (!caption || !figure.querySelector("svg .tp-bwd")) continue;
  const group = document.createElement("div");
  group.className = "tp-passes";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", words.show);
  const buttons = ["forward", "backward", "both"].map(pass => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words[pass];
    button.addEventListener("click", () => show(pass));
    group.append(button);
    return [pass, button];
  });
  const show = chosen => {
    figure.dataset.pass = chosen;
    for (const [pass, button] of buttons) button.setAttribute("aria-pressed", pass === chosen);
  };
  show("both");
  caption.prepend(group);
}

// ---- A network to hold: the small lab, loaded when it is first asked for ----------------------------------------------------

for (const figure of $$(".tp-figure[data-live]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tp-hold";
  button.textContent = words.hold;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { hold } = await import("./lab/small.js");
      hold(figure, words.lab);
      button.remove();
    } catch (failed) { // no network: the next press tries again
      button.disabled = false;
      button.textContent = `${words.hold} · ${words.offline}`;
    }
  });
  figure.querySelector(".tp-figure__art").after(button);
}

// ---- The same symbol in formula, code, table and picture ----------------------------------------------------------------
// Pointing or focusing lights it, a click or tap pins it, Escape or a tap elsewhere lets go. A formula and a code block are
// one tab stop each; the arrow keys go from symbol to symbol in it.

/** The name that all entries of an array share: w1_12 → w1, dL_dw1_12 → dL_dw1. */
export const stem = name => name.replace(/_\d+$/, "");

const places = ".tp-worked, .tp-formula, .tp-formula-only, .tp-code, .tp-symbols, .tp-figure__art, .tp-lab__control";
let pinned = null; // names
let shown = null;
const under = event => event.target.closest?.("[data-symbol]")?.closest(places) && event.target.closest("[data-symbol]");

function light(name) {
  shown = name;
  for (const each of $$(".is-lit, .tp-on")) each.classList.remove("is-lit", "tp-on");
  if (!name) return;
  for (const each of $$(`:is(${places}) [data-symbol^="${stem(name)}"], [data-symbol^="${stem(name)}"]:is(${places})`)) {
    const other = each.dataset.symbol;
    if (stem(other) !== stem(name)) continue;
    const entries = other !== stem(other) && name !== stem(name);
    if (entries && other !== name) continue; // another entry of the same array
    each.classList.add(each.closest(".tp-figure__art") ? "tp-on" : "is-lit");
  }
}
const show = symbol => light(symbol ? symbol.dataset.symbol : pinned);
/** Light again what is lit, where the page has been drawn anew. */
export const relight = () => light(shown);
/** Let go of what is pinned. */
export const unpin = () => { pinned = null; light(null); };
document.addEventListener("pointerover", event => event.pointerType !== "touch" && show(under(event)));
document.addEventListener("focusin", event => show(under(event)));
document.addEventListener("click", event => {
  const name = under(event)?.dataset.symbol ?? null;
  if (!name && event.target.closest("button, input, select, summary")) return; // what is pinned stays while the reader works on
  pinned = name !== pinned ? name : null;
  show(null);
});
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && pinned) { pinned = null; light(null); }
  const box = event.target.closest?.(".tp-formula, .tp-code");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!box || !step) return;
  const inside = $$("[data-symbol]", box).filter(each => each.getClientRects().length);
  const next = inside[inside.indexOf(event.target) + step] ?? (event.target === box ? inside[0] : null);
  if (!next) return;
  event.preventDefault();
  next.tabIndex = -1;
  next.focus();
});

// ---- Terms -------------------------------------------------------------------------------------------------------------
// The description shows by CSS. A first tap opens it, a second follows the link; Escape shuts it; it stays on the page.

for (const term of $$(".tp-term")) {
  const place = () => {
    term.classList.remove("is-shut");
    const wide = document.documentElement.clientWidth;
    const room = wide - 16 - term.getClientRects()[0].left; // the box hangs at its first line, and is at most 320 px or 70 % wide, as parts.css says
    term.style.setProperty("--shift", `${Math.min(0, room - Math.min(320, 0.7 * wide))}px`);
  };
  let touch = false;
  term.addEventListener("pointerenter", place);
  term.addEventListener("focus", place);
  term.addEventListener("pointerdown", event => { touch = event.pointerType === "touch"; });
  term.addEventListener("click", event => {
    if (!touch || term.classList.contains("is-open")) return;
    event.preventDefault();
    place();
    term.classList.add("is-open");
  });
}
document.addEventListener("pointerdown", event => {
  for (const open of $$(".tp-term.is-open")) if (open !== event.target) open.classList.remove("is-open");
});
document.addEventListener("keydown", event => {
  if (event.key === "Escape") for (const term of $$(".tp-term:is(:hover, :focus, .is-open)")) { term.classList.remove("is-open"); term.classList.add("is-shut"); }
});

// ---- Exercises ---------------------------------------------------------------------------------------------------------

/** What a reader typed, however they write a minus, a digit or the decimal point: as JavaScript reads it, and how many decimals. */
function plainNumber(text) {
  const plain = text.normalize("NFKC").replace(/[−‒–—‐]/g, "-").trim().replace(/[。.]$/, "").replace(/^([^.,]*),(?! )([^.,]*)$/, "$1.$2").replace(/\s/g, "");
  const [, over, under] = plain.match(/^([+-]?\d+)\/(\d+)$/) ?? [];
  if (under) return { value: over / under, decimals: Infinity };
  const found = plain.match(/^[+-]?(?:\d+\.?(\d*)|\.(\d+))(?:e[+-]?\d+)?$/i);
  return { value: found ? Number(plain) : NaN, decimals: found ? (found[1] ?? found[2]).length : 0 };
}

/** The number a reader typed; NaN if it is none. */
export const readNumber = text => plainNumber(text).value;

/** Right is: rounded to the asked decimals, nearer than that, or cut off after them. A whole number is right or not. */
function isRight(typed, answer, decimals) {
  if (decimals === 0 && !Number.isInteger(typed)) return false;
  const unit = 10 ** -decimals;
  const slack = 1e-9 * Math.max(1, Math.abs(answer));
  const cut = Math.trunc(answer / unit + Math.sign(answer) * 1e-9) * unit;
  return Math.abs(answer - typed) <= unit / 2 + slack || Math.abs(cut - typed) <= slack;
}

/** right, unread; or what is wrong: only the sign, too few decimals, all. */
function judged(typed, answer, decimals) {
  if (Number.isNaN(typed.value)) return "unread";
  if (isRight(typed.value, answer, decimals)) return "right";
  if (isRight(-typed.value, answer, decimals)) return "sign";
  return typed.decimals < decimals && typed.value && isRight(typed.value, answer, typed.decimals) ? "short" : "wrong";
}

/** The answer in six digits; as it was asked for where float32 misses that by its last digit alone. */
function written(answer, decimals) {
  const asked = Number(answer.toFixed(decimals));
  const value = Math.abs(answer - asked) < 2e-6 * Math.max(1, Math.abs(answer)) ? asked : Number(answer.toPrecision(6));
  return String(value).replace("-", "−");
}

for (const form of $$(".tp-answer")) {
  const { answer, decimals } = form.dataset;
  const reply = form.querySelector("output");
  form.addEventListener("submit", event => {
    event.preventDefault();
    const typed = plainNumber(form.querySelector("input").value);
    const state = judged(typed, Number(answer), Number(decimals));
    reply.dataset.state = state === "right" || state === "unread" ? state : "wrong";
    reply.textContent = form.dataset[state].replace("{value}", written(Number(answer), Number(decimals)));
    if (state === "right") solve(form.closest("[data-exercise]"), true);
  });
}

// ---- Progress: which exercises are solved, by their names, on this device only ---------------------------------------------

const exercises = $$("[data-exercise]");
const kept = "two-passes:solved";
let solved = new Set();
let storing = true;

function recall() {
  if (!storing) return;
  try { solved = new Set(JSON.parse(localStorage.getItem(kept) ?? "[]")); } catch { /* storage is off, or holds what is not ours */ }
}

function solve(exercise, yes) {
  recall(); // another tab may have solved one since
  solved[yes ? "add" : "delete"](exercise.dataset.exercise);
  try { localStorage.setItem(kept, JSON.stringify([...solved])); } catch { storing = false; /* then it lasts as long as the page */ }
  showProgress();
}

function showProgress() {
  const mine = exercises.filter(each => solved.has(each.dataset.exercise));
  for (const each of exercises) {
    each.classList.toggle("is-solved", mine.includes(each));
    const box = each.querySelector(".tp-solve input");
    if (box) box.checked = mine.includes(each);
  }
  const line = document.querySelector(".tp-progress");
  if (!line) return;
  line.querySelector("span").textContent = words.progress.replace("{done}", mine.length).replace("{all}", exercises.length);
  line.querySelector("button").hidden = !mine.length;
}

for (const exercise of exercises) {
  const label = document.createElement("label"); // an answer typed right ticks it by itself
  label.className = "tp-solve";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.addEventListener("change", () => solve(exercise, box.checked));
  label.append(box, words.solve);
  exercise.append(label);
}
if (exercises.length) {
  const line = document.createElement("p");
  line.className = "tp-progress";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.reset;
  button.addEventListener("click", () => { exercises.forEach(each => solve(each, false)); });
  line.append(document.createElement("span"), " ", button);
  exercises.at(-1).after(line);
  const refresh = () => { recall(); showProgress(); };
  refresh();
  addEventListener("storage", refresh); // another tab's
}

// ---- Copy --------------------------------------------------------------------------------------------------------------
// The engine writes what a snippet's button copies. A lab's cell needs the cells before it, and a plain fence itself: both
// are gathered here, so that no text stands in the page twice.

const told = document.createElement("div"); // a changed label is not read out, a status is
told.className = "tp-unseen";
told.setAttribute("role", "status");
document.body.append(told);

/** Copy a text; the button that asked says so, and so does the page. */
export async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no leave, or no secure context: the old way
    const reader = document.activeElement; // the button, or where they went meanwhile
    const area = document.createElement("textarea");
    area.readOnly = true;
    area.value = text;
    button.after(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    reader.focus();
  }
  button.dataset.usual ??= button.textContent;
  button.textContent = told.textContent = words.copied;
  setTimeout(() => { button.textContent = button.dataset.usual; told.textContent = ""; }, 1600);
}
document.addEventListener("click", event => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button, button.dataset.copy);
});

const cells = $$(".tp-cell .tp-code").map(code => code.textContent);
$$(".tp-cell .tp-copy").forEach((button, n) => { button.dataset.copy = cells.slice(0, n + 1).join("\n\n") + "\n"; });

for (const pre of $$("div.highlight > pre")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tp-copy";
  button.textContent = words.copy;
  button.dataset.copy = pre.textContent;
  pre.before(button);
}

// ---- What scrolls sideways can be scrolled by keyboard -----------------------------------------------------------------

const scrollers = ".tp-scroll, .tp-math--display, .tp-figure__art, .tp-pane--symbols, .tp-cell__rich, .tp-strip > div, div.highlight > pre, div.highlight > pre > code";
const watch = new ResizeObserver(entries => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth + 1) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
addEventListener("load", () => $$(scrollers).forEach(box => watch.observe(box)));

// ---- What is folded opens to who is led there, and on paper --------------------------------------------------------------

const unfold = () => {
  for (let fold = document.querySelector(":target")?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
};
unfold();
addEventListener("hashchange", unfold);
let shut = []; // before it was printed
addEventListener("beforeprint", () => { shut = $$("article details:not([open])"); shut.forEach(fold => { fold.open = true; }); });
addEventListener("afterprint", () => shut.forEach(fold => { fold.open = false; }));

// ---- The scheme ------------------------------------------------------------------------------------------------------------
// The head of the page has set it before the first paint. A choice is kept on this device; without one the system decides.

const page = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const choice = "two-passes:scheme";
const takeScheme = scheme => {
  page.dataset.scheme = scheme;
  for (const button of $$(".tp-scheme")) button.setAttribute("aria-pressed", scheme === "dark");
};
takeScheme(page.dataset.scheme);
for (const button of $$(".tp-scheme")) {
  button.addEventListener("click", () => {
    takeScheme(page.dataset.scheme === "dark" ? "light" : "dark");
    try { localStorage.setItem(choice, page.dataset.scheme); } catch { /* then it lasts as long as the page */ }
  });
}
dark.addEventListener("change", () => {
  try { if (localStorage.getItem(choice)) return; } catch { /* storage is off: nothing was chosen */ }
  takeScheme(dark.matches ? "dark" : "light");
});

// ---- Search ----------------------------------------------------------------------------------------------------------------
// Material's, whose bundle, worker and index come when it is first used.

const bundle = document.getElementById("tp-search");
const opener = document.getElementById("__search");
const query = document.querySelector("input[name=query]");
const waiting = new AbortController();
let asked = false;
function startSearch() {
  if (asked) return;
  asked = true;
  const script = document.createElement("script");
  script.src = bundle.getAttribute("src");
  script.addEventListener("load", () => {
    waiting.abort();
    query.dispatchEvent(new KeyboardEvent("keyup")); // it listens to keys: what was typed by now
  });
  script.addEventListener("error", () => { // no network: the next use tries again
    asked = false;
    document.querySelector(".md-search-result__meta").textContent = words.offline;
  });
  document.head.append(script);
}
if (bundle && query) {
  const until = { signal: waiting.signal };
  query.addEventListener("focus", () => { opener.checked = true; startSearch(); }, until);
  opener.addEventListener("change", () => query.focus(), until);
  document.addEventListener("keydown", event => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    query.focus();
  }, until);
  // A paste, or a word chosen from an input method, presses no key
  query.addEventListener("input", () => query.dispatchEvent(new KeyboardEvent("keyup")));
}

// ---- A section that moved to another page ------------------------------------------------------------------------------

const moved = JSON.parse(document.getElementById("tp-moved")?.textContent ?? "{}");
const follow = () => {
  const id = named(location.hash);
  if (Object.hasOwn(moved, id)) location.replace(moved[id]);
};
follow();
addEventListener("hashchange", follow);

// ---- Read without a network --------------------------------------------------------------------------------------------
// Only a published site names its worker. Without one, or without leave to store, the site works as before.

const worker = document.querySelector("meta[name=service-worker]")?.content;
if (worker && navigator.serviceWorker) addEventListener("load", async () => {
  try {
    await navigator.serviceWorker.register(worker);
    if (navigator.serviceWorker.controller) return;
    const { active } = await navigator.serviceWorker.ready;
    // What came from the browser's cache is asked for again: it may be older than the page
    const parts = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    active.postMessage(parts.map(({ name, transferSize }) => [name.split("#")[0], transferSize ? "force-cache" : "no-cache"]));
  } catch { /* private windows may refuse */ }
});
