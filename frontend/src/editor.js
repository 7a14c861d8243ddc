// The editor: a text area that knows SPARQL. It lives in a shadow root, where its style sheets are constructed ones,
// which style-src 'self' allows; its colours are the variables of the site's style sheet.
import { autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, bracketMatching, ensureSyntaxTree, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers, tooltips } from "@codemirror/view";
import { styleTags, tags } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";
import { theme, typedOver } from "./look.js";

// The grammar reads these names of functions as mistakes.
const UNKNOWN_TO_GRAMMAR = /\b(MD5|SHA\d+)\b/i;

const language = SparqlLanguage.configure({
  props: [styleTags({ IriRef: tags.url, Langtag: tags.annotation })],
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--link)", fontWeight: "600" },
  { tag: tags.variableName, color: "var(--inferred)", whiteSpace: "nowrap" },
  { tag: [tags.string, tags.annotation], color: "var(--page)" },
  { tag: [tags.number, tags.bool, tags.url], color: "var(--enrichment)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
]);

/** Keep lists of completions between the sides of the editor. */
function within(view) {
  const { left, right } = view.dom.getBoundingClientRect();
  return { left, right, top: 0, bottom: innerHeight };
}

/** Return the keys that matter to the page; a list of completions does not keep Tab from leaving. */
function pageKeys(run) {
  const ask = (view) => (closeCompletion(view), run(), true);
  const leave = (view) => (closeCompletion(view), false);
  return keymap.of([{ key: "Mod-Enter", run: ask }, { key: "Ctrl-Enter", run: ask }, { key: "Tab", run: leave }]);
}

const setFault = StateEffect.define();

// The place of a mistake: what the server named until the text changes, then what the grammar sees.
const fault = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    const named = transaction.effects.find((effect) => effect.is(setFault));
    if (named) return marked(transaction.state, named.value);
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function marked(state, place) {
  if (place === null) return Decoration.none;
  const line = state.doc.lineAt(place);
  const length = /^([\p{L}\p{N}_]+|\S?)/u.exec(state.sliceDoc(place, line.to))[0].length;
  const from = length ? place : place - /.?$/u.exec(state.sliceDoc(line.from, place))[0].length;
  const marks = [Decoration.line({ class: "cm-fault-line" }).range(line.from)];
  if (from < place + length) marks.push(Decoration.mark({ class: "cm-fault" }).range(from, place + length));
  return Decoration.set(marks);
}

function firstFault(state) {
  const text = state.doc.toString();
  if (!text.trim() || UNKNOWN_TO_GRAMMAR.test(text)) return null;
  let place = null;
  ensureSyntaxTree(state, state.doc.length, 100)?.iterate({
    enter: (node) => {
      if (node.type.isError) place ??= node.from;
      return place === null;
    },
  });
  return place;
}

/** Mark mistakes half a second after the last change, unless the server has named one by then. */
function watched(changed) {
  let waiting;
  return EditorView.updateListener.of(({ view, docChanged, transactions }) => {
    if (transactions.some(({ effects }) => effects.some((effect) => effect.is(setFault)))) clearTimeout(waiting);
    if (!docChanged) return;
    changed();
    clearTimeout(waiting);
    waiting = setTimeout(() => view.dispatch({ effects: setFault.of(firstFault(view.state)) }), 500);
  });
}

/** Put an editor in the place of `area`, whose text it keeps up to date; `label` is its accessible name. */
export function editorFor(area, { label, complete, run, changed }) {
  const host = document.createElement("div");
  host.className = "editor";
  area.after(host);
  area.hidden = true;
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        pageKeys(run),
        lineNumbers(), highlightActiveLine(), drawSelection(), history(), bracketMatching(), closeBrackets(),
        language, syntaxHighlighting(colours), theme, typedOver, fault,
        autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60 }),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        tooltips({ tooltipSpace: within }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label }),
        watched(() => { area.value = view.state.doc.toString(); changed(); }),
      ],
    }),
  });
  return view;
}

/** Mark the place that the server named, lines and code points counted from 1, and put the cursor there. */
export function markPlace(view, line, column) {
  const where = view.state.doc.line(Math.min(line, view.state.doc.lines));
  const before = [...where.text].slice(0, column - 1).join("");
  const place = where.from + before.length;
  view.dispatch({ effects: setFault.of(place), selection: { anchor: place }, scrollIntoView: true });
}
