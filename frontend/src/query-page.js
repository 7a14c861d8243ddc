// Makes the query page, which works without it, better: an editor for the text area, answers without leaving the page,
// buttons that copy. What an answer looks like is the server's business.
import { completionSource } from "./completion.js";
import { editorFor, markPlace } from "./editor.js";

const form = document.querySelector("form.sparql");
const area = form.elements.query;
const status = form.querySelector("[role=status]");
const words = form.dataset;
let underWay = null;
let asked = form.hasAttribute("data-asked") ? area.value : null;

const view = editorFor(area, {
  label: words.label,
  complete: completionSource(JSON.parse(words.prefixes), words.terms, JSON.parse(words.kinds)),
  run: () => form.requestSubmit(),
  changed: sayChanged,
});

/** Return the address of the page with the present query; it is what a share link is. */
function address() {
  const fields = new URLSearchParams(new FormData(form));
  return `${form.action}?${fields}`;
}

async function ask() {
  underWay?.abort();
  const mine = (underWay = new AbortController());
  const query = area.value;
  say(words.asking);
  try {
    const page = await fetched(mine.signal);
    show(page.getElementById("answer") ?? problemIn(page));
    asked = query;
    say("");
  } catch (error) {
    if (error.name !== "AbortError") say(words.unreachable);
  }
}

/** Return the page with the answer. A query too long for an address is posted, and has no address then. */
async function fetched(signal) {
  const place = address();
  const isLong = place.length > Number(words.longest);
  const headers = { Accept: "text/html" };
  const answer = isLong
    ? await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers, signal })
    : await fetch(place, { headers, signal });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!isLong && place !== location.href) history.pushState(null, "", place);
  return page;
}

/** Return what an error page of the site says as an answer. */
function problemIn(page) {
  const section = document.createElement("section");
  section.id = "answer";
  const shown = page.querySelectorAll("main h1, main .lead");
  section.append(...[...shown].map((each) => Object.assign(document.createElement("p"), { textContent: each.textContent })));
  section.className = "problem";
  return section;
}

function show(section) {
  document.getElementById("answer").replaceWith(section);
  revealButtons(section);
  markProblem();
  document.getElementById("examples").open = false;
}

function markProblem() {
  const { line, column } = document.getElementById("answer").dataset;
  if (line) markPlace(view, Number(line), Number(column));
}

function sayChanged() {
  const note = document.querySelector("#answer .changed");
  if (note) note.hidden = asked === null || area.value === asked;
}

function say(text) {
  status.textContent = text;
}

async function copy(text, button) {
  await navigator.clipboard.writeText(text);
  const before = button.textContent;
  button.textContent = words.copied;
  setTimeout(() => { button.textContent = before; }, 1500);
}

function revealButtons(part) {
  for (const button of part.querySelectorAll("button[hidden], .keys[hidden]")) button.hidden = false;
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
addEventListener("popstate", () => location.reload());
revealButtons(document);
markProblem();
