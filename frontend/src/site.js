// What a script makes easier on every page: search suggestions, copying, the key "/", folded parts that an address or the
// printer needs. The page says what it wants by attributes; see docs/pages.md.
const words = document.body.dataset;
let status = null;

/** Have a place from which screen readers are told what happened; it must be there some time before anything is. */
function prepareToSay() {
  if (status) return;
  status = Object.assign(document.createElement("p"), { className: "unseen", role: "status" });
  document.body.append(status);
}

function say(text) {
  status.textContent = text;
}

function short(text) {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** Make `input` an editable combobox whose list has what the server suggests (ARIA Authoring Practices). */
function suggestFor(input) {
  const list = Object.assign(document.createElement("ul"), { id: `${input.id}-list`, role: "listbox", hidden: true });
  list.ariaLabel = words.suggestions;
  list.className = "suggestions";
  input.after(list);
  input.role = "combobox";
  input.autocomplete = "off";
  input.ariaAutoComplete = "list";
  input.ariaExpanded = "false";
  input.setAttribute("aria-controls", list.id);
  let chosen = -1;
  let waiting = 0;
  let asking = new AbortController();

  function close() {
    clearTimeout(waiting);
    asking.abort();
    list.hidden = true;
    input.ariaExpanded = "false";
    choose(-1);
  }

  function choose(place) {
    chosen = place;
    [...list.children].forEach((option, index) => { option.ariaSelected = String(index === place); });
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[place].id);
    list.children[place]?.scrollIntoView({ block: "nearest" });
  }

  function show([, labels, descriptions, addresses]) {
    list.replaceChildren(...labels.map((label, index) => {
      const option = Object.assign(document.createElement("li"), { id: `${list.id}-${index}`, role: "option", dir: "auto", textContent: short(label) });
      option.dataset.address = addresses[index];
      const more = Object.assign(document.createElement("small"), { textContent: descriptions[index] });
      if (descriptions[index]) option.append(" ", more);
      return option;
    }));
    choose(-1);
    list.hidden = !labels.length;
    input.ariaExpanded = String(!list.hidden);
    say(words.found.replace("{}", labels.length));
  }

  async function ask() {
    asking.abort();
    asking = new AbortController();
    const address = new URL(input.dataset.suggest, location);
    address.searchParams.set("q", input.value);
    try {
      const answer = await fetch(address, { signal: asking.signal });
      if (answer.ok) show(await answer.json());
    } catch {
      close(); // without suggestions, the box is what it was
    }
  }

  function follow(option) {
    const { href, protocol } = new URL(option.dataset.address, location);
    if (protocol.startsWith("http")) location.assign(href);
  }

  const steps = { ArrowDown: 1, ArrowUp: -1 };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    if (input.value.trim()) waiting = setTimeout(ask, 120);
    else close();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key in steps) {
      const places = list.children.length + 1; // the last one is the box itself
      choose(((chosen + 1 + steps[event.key] + places) % places) - 1);
    } else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) follow(list.children[chosen]);
    else return;
    event.preventDefault();
  });
  input.addEventListener("focus", prepareToSay);
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", ({ target }) => follow(target.closest("li")));
}

/** Give what is to be copied a button; over plain HTTP browsers let no page copy. */
function offerCopy(element) {
  const isButton = element.matches("button");
  const button = isButton ? element : Object.assign(document.createElement("button"), { type: "button", className: "plain copies" });
  button.hidden = false;
  button.textContent ||= words.copyWord;
  const name = element.dataset.copyName;
  if (name) button.ariaLabel = `${button.textContent}: ${name}`;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(element.dataset.copy || element.textContent);
    const before = button.textContent;
    if (before !== words.copied) setTimeout(() => { button.textContent = before; }, 1500);
    button.textContent = words.copied;
    say(words.copied);
  });
  if (!isButton) element.after(button);
  prepareToSay();
}

/** Open the folded parts around what the address leads to. */
function unfold() {
  const target = document.getElementById(location.hash.slice(1)); // a module may run before anything is :target
  const folded = [];
  for (let part = target?.closest("details"); part; part = part.parentElement.closest("details")) folded.push(part);
  if (folded.every(({ open }) => open)) return;
  for (const part of folded) part.open = true;
  target.scrollIntoView();
}

const search = document.getElementById("site-search");
document.querySelectorAll("input[data-suggest]").forEach(suggestFor);
if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(offerCopy);
unfold();
addEventListener("hashchange", unfold);

document.addEventListener("keydown", (event) => {
  const [place] = event.composedPath(); // an editor hides its own part of the page from event.target
  const isTyping = place.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  search.focus();
  search.select();
});

let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("details:not([open])")];
  for (const part of unfolded) part.open = true;
});
addEventListener("afterprint", () => {
  for (const part of unfolded) part.open = false;
});
