// Reads documents as clients in JavaScript do. Reads {base, document, thing, frame, query, traversed, page, context} as
// JSON, writes what each of them makes of it: graphs as N-Quads, rows as objects. All in one process, since starting takes
// longest.
import { text } from "node:stream/consumers";
import { QueryEngine } from "@comunica/query-sparql";
import { QueryEngine as Traversal } from "@comunica/query-sparql-link-traversal";
import jsonld from "jsonld";

const { base, document, thing, frame, query, traversed, page, context } = JSON.parse(await text(process.stdin));
const engine = new QueryEngine();
const elsewhere = [];

const graph = async (source, more = {}) => {
  const result = await engine.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", { sources: [source], ...more });
  return text((await engine.resultToString(result, "application/n-quads")).data);
};
const rows = async (stream) =>
  (await (await stream).toArray()).map((row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value])));

/** Fetches what is of the site; what is elsewhere is noted, and not there. */
const nearby = (input, init) => {
  const url = input instanceof Request ? input.url : String(input);
  if (url.startsWith(base)) return fetch(input, init);
  elsewhere.push(url);
  return Promise.resolve(new Response("", { status: 404 }));
};

/** Answers for schema.org, which is not asked. */
const schemaOrg = (input) => {
  if (String(input) !== "https://schema.org") elsewhere.push(String(input));
  return Promise.resolve(Response.json(context, { headers: { "content-type": "application/ld+json" } }));
};

const toRDF = (input) => jsonld.toRDF(input, { format: "application/n-quads" });
const read = {
  toRDF: toRDF(document),
  expanded: jsonld.expand(document).then(toRDF),
  flattened: jsonld.flatten(document).then(toRDF),
  framed: jsonld.frame(document, frame, { compactToRelative: false }),
  dereferenced: graph(document),
  redirected: graph(thing),
  embedded: graph({ type: "serialized", value: page, mediaType: "text/html", baseIRI: document }, { fetch: schemaOrg }),
  joined: rows(engine.queryBindings(query, { sources: [document, thing] })),
  traversed: rows(new Traversal().queryBindings(traversed, { sources: [thing], fetch: nearby, lenient: true })),
};
const answers = Object.fromEntries(await Promise.all(Object.entries(read).map(async ([key, value]) => [key, await value])));
console.log(JSON.stringify({ ...answers, elsewhere }));
