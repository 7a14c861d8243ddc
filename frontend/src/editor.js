// The editor: a text area that knows SPARQL. It lives in a shadow root, where its style sheets are constructed ones,
// which style-src 'self' allows; its colours are the variables of the site's style sheet.
import { autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, bracketMatching, ensureSyntaxTree, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers, tooltips } from "@codemirror/view";
import { styleTags, tags } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";

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

const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--sheet)", fontSize: ".9rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", minHeight: "15rem", maxHeight: "60vh" },
  ".cm-content": { caretColor: "var(--ink)", padding: ".5rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { color: "var(--soft)", backgroundColor: "transparent", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--mark) 60%, transparent)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--link) 25%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--soft)" },
  ".cm-fault": { textDecoration: "underline wavy var(--fault) 1.5px", textUnderlineOffset: "3px" },
  ".cm-fault-line": { backgroundColor: "color-mix(in srgb, var(--fault) 12%, transparent)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--sheet)", border: "1px solid var(--line)", maxWidth: "min(40rem, 100vw - 2.2rem)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: ".85rem", maxWidth: "100%" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    color: "var(--paper)", backgroundColor: "var(--link)", forcedColorAdjust: "none",
  },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionDetail": { color: "var(--soft)", fontFamily: "var(--sans)", fontStyle: "normal" },
});

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

// Left alone, Chromium types over a selection with its style in an attribute, which the policy forbids.
const typedOver = EditorView.domEventHandlers({
  beforeinput({ inputType, isComposing, data }, view) {
    const { from, to, empty } = view.state.selection.main;
    if (inputType !== "insertText" || isComposing || !data || empty) return false;
    const insert = () => view.state.update(view.state.replaceSelection(data), { userEvent: "input.type" });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handler) => handler(view, from, to, data, insert))) view.dispatch(insert());
    return true;
  },
});

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
