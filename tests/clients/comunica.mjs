// Answers a question with Comunica. Reads {form, query, sources} as JSON, writes the answer as JSON.
import { text } from "node:stream/consumers";
import { QueryEngine } from "@comunica/query-sparql";

const { form, query, sources } = JSON.parse(await text(process.stdin));
const engine = new QueryEngine();
const values = (bindings) => Object.fromEntries([...bindings].map(([variable, term]) => [variable.value, term.value]));
const triple = (quad) => [quad.subject.value, quad.predicate.value, quad.object.value];
const answers = {
  SELECT: async () => (await (await engine.queryBindings(query, { sources })).toArray()).map(values),
  ASK: () => engine.queryBoolean(query, { sources }),
  CONSTRUCT: async () => (await (await engine.queryQuads(query, { sources })).toArray()).map(triple),
};
console.log(JSON.stringify(await answers[form]()));
