// Makes the validation page, which works without it, better: line numbers and marks in the text area, and a chosen file
// is shown before it is sent. What a report looks like is the server's business.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { theme, typedOver } from "./look.js";

const form = document.querySelector("form.validate");
const { data: area, file, syntax } = form.elements;

/** Mark the lines that the report complains of, until one of them changes. */
const faults = StateField.define({
  create: ({ doc }) => Decoration.set(faultyLines().filter((number) => number <= doc.lines).map((number) =>
    Decoration.line({ class: "cm-fault-line" }).range(doc.line(number).from))),
  update: (marks, { changes }) => marks.map(changes),
  provide: (field) => EditorView.decorations.from(field),
});

function faultyLines() {
  return [...document.querySelectorAll(".listing .faulty")].map(({ id }) => Number(id.split("-")[1]));
}

function editorFor(label) {
  const host = document.createElement("div");
  host.className = "editor";
  area.after(host);
  area.hidden = true;
  const root = host.attachShadow({ mode: "open" });
  const send = () => (form.requestSubmit(), true);
  return new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(), highlightActiveLine(), drawSelection(), history(), theme, typedOver, faults,
        keymap.of([{ key: "Mod-Enter", run: send }, { key: "Ctrl-Enter", run: send }, ...historyKeymap, ...defaultKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label }),
        EditorView.updateListener.of(({ docChanged, state }) => { if (docChanged) area.value = state.doc.toString(); }),
      ],
    }),
  });
}

const view = editorFor(form.dataset.label);

/** Show a chosen file in the editor, its syntax by its name; what is sent is then the text of the editor. */
async function showFile() {
  const [chosen] = file.files;
  if (!chosen || chosen.size > Number(form.dataset.largest)) return;
  const text = await chosen.text();
  if (text.includes("\ufffd")) return; // the server says what is wrong with its encoding
  const ending = /\.(\w+)$/.exec(chosen.name)?.[1].toLowerCase();
  const extension = { json: "jsonld", owl: "rdf", n3: "ttl" }[ending] ?? ending;
  syntax.value = [...syntax.options].some(({ value }) => value === extension) ? extension : "";
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  file.value = "";
  view.focus();
}

file.addEventListener("change", showFile);
form.querySelector("label.wide span").addEventListener("click", () => view.focus());
form.querySelector(".keys").hidden = false;
