// Makes the query page, which works without it, better: an editor for the text area, answers without leaving the page,
// buttons that copy. What an answer looks like is the server's business.
import { completionSource } from "./completion.js";
import { editorFor, markPlace } from "./editor.js";

const form = document.querySelector("form.sparql");
const area = form.elements.query;
const status = form.querySelector("output");
const words = form.dataset;
const switches = new Map([...document.querySelectorAll("nav.languages a")].map((link) => [link, link.href]));
let here = place();
let underWay = null;
let asked = form.hasAttribute("data-asked") ? area.value : null;

const view = editorFor(area, {
  label: words.label,
  complete: completionSource(JSON.parse(words.prefixes), words.terms, JSON.parse(words.kinds)),
  run: () => form.requestSubmit(),
  changed: () => {
    if (status.textContent !== words.asking) say("");
    sayChanged();
    keepQuery();
  },
});

/** Return where the browser is, without the fragment, which only moves about in the page. */
function place() {
  return location.href.split("#")[0];
}

/** Return the address of the page with the present query, in `language` if one is named; it is what a share link is. */
function address(language) {
  const fields = new URLSearchParams(new FormData(form));
  if (language) fields.set("lang", language);
  return `${form.action}?${fields}`;
}

function isLong(address) {
  return address.length > Number(words.longest);
}

async function ask() {
  underWay?.abort();
  const mine = (underWay = new AbortController());
  const query = area.value;
  say(words.asking);
  try {
    const page = await fetched(mine.signal);
    asked = query;
    show(page.getElementById("answer") ?? problemIn(page));
  } catch (error) {
    if (error.name !== "AbortError") say(words.unreachable);
  }
}

/** Return the page with the answer. A query too long for an address is posted, and has no address then. */
async function fetched(signal) {
  const target = address();
  const headers = { Accept: "text/html" };
  const answer = isLong(target)
    ? await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers, signal })
    : await fetch(target, { headers, signal });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!isLong(target)) goTo(target);
  return page;
}

function goTo(target) {
  if (target !== here) history.pushState(null, "", target);
  here = place();
}

/** Return what an error page of the site says as an answer. */
function problemIn(page) {
  const section = document.createElement("section");
  section.id = "answer";
  section.className = "problem";
  section.role = "alert";
  const shown = page.querySelectorAll("main h1, main .lead");
  section.append(...[...shown].map(({ textContent, lang }) => Object.assign(document.createElement("p"), { textContent, lang })));
  return section;
}

function show(section) {
  document.getElementById("answer").replaceWith(section);
  reveal(section);
  markProblem();
  say(outcome(section));
  sayChanged();
  keepQuery();
  document.getElementById("examples").open = false;
}

function markProblem() {
  const { line, column } = document.getElementById("answer").dataset;
  if (line) markPlace(view, Number(line), Number(column));
}

/** Return the answer in a few words; none for a problem, which is an alert of its own. */
function outcome(section) {
  return [...section.querySelectorAll(".verdict, .size, .none:not(.changed)")].map((each) => each.textContent).join(" ");
}

function sayChanged() {
  const note = document.querySelector("#answer .changed");
  if (note) note.hidden = asked === null || area.value === asked;
}

/** Lead to the present query in the other languages, unless it is the one to begin with, or too long for an address. */
function keepQuery() {
  const isOwn = asked !== null || area.value !== area.defaultValue;
  for (const [link, first] of switches) {
    const target = address(link.hreflang);
    link.href = isOwn && area.value.trim() && !isLong(target) ? target : first;
  }
}

function say(text) {
  status.textContent = text;
}

async function copy(text, button) {
  await navigator.clipboard.writeText(text);
  const before = button.textContent;
  if (before === words.copied) return;
  button.textContent = words.copied;
  setTimeout(() => { button.textContent = before; }, 1500);
}

/** Show what only works with this script; over plain HTTP browsers let no page copy. */
function reveal(part) {
  const working = navigator.clipboard ? ".keys, button" : ".keys";
  for (const each of part.querySelectorAll(working)) each.hidden = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
form.querySelector(".share").addEventListener("click", ({ target }) => copy(address(), target));
document.querySelector("main").addEventListener("click", ({ target }) => {
  const text = target.matches(".copy") && target.closest("figure").querySelector("pre").textContent;
  if (text) copy(text, target);
});
form.querySelector("label span").addEventListener("click", () => view.focus());
addEventListener("popstate", () => {
  if (place() !== here) location.reload();
});
form.noValidate = true; // a browser cannot point at a text area that is hidden; the server says what is missing
reveal(document);
keepQuery();
markProblem();
