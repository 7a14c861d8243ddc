// What can be completed: keywords, prefixes, variables of the query, and the terms of the dataset by name or label.
const KEYWORDS = (
  "ASK BASE CONSTRUCT DESCRIBE DISTINCT FROM GRAPH LIMIT MINUS NAMED OFFSET OPTIONAL PREFIX REDUCED SELECT UNDEF UNION " +
  "VALUES WHERE ASC BIND DESC EXISTS FILTER HAVING NOT SAMPLE SEPARATOR COUNT SUM MIN MAX AVG GROUP_CONCAT " +
  "ABS BNODE BOUND CEIL COALESCE CONCAT CONTAINS DATATYPE DAY ENCODE_FOR_URI FLOOR HOURS IF IRI ISBLANK ISIRI " +
  "ISLITERAL ISNUMERIC LANG LANGMATCHES LCASE MD5 MINUTES MONTH NOW RAND REGEX REPLACE ROUND SAMETERM SECONDS SHA256 STR " +
  "STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS STRUUID SUBSTR TIMEZONE TZ UCASE UUID YEAR"
).split(" ");

/** Return the source of completions for a query; `prefixes` is prefix → namespace, `words` what kinds are called. */
export function completionSource(prefixes, termsAddress, words) {
  const fixed = [
    ...[...KEYWORDS, "GROUP BY", "ORDER BY"].map((label) => ({ label, type: "keyword", boost: 1 })),
    ...Object.entries(prefixes).map(([name, space]) => ({ label: `${name}:`, detail: space, type: "namespace" })),
  ];
  let terms;

  return async (context) => {
    const declared = context.matchBefore(/prefix\s+[\w-]*/i);
    if (declared) return { from: declared.to - /[\w-]*$/.exec(declared.text)[0].length, options: declarations(prefixes) };
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) return { from: variable.from, options: variables(context, variable.from), validFor: /^[?$]\w*$/ };
    const word = context.matchBefore(/[\p{L}\p{N}_:.-]+/u);
    if ((!word && !context.explicit) || inText(context)) return null;
    terms ??= termsOf(termsAddress, prefixes, words);
    const options = [...fixed, ...(await terms)];
    return { from: word ? word.from : context.pos, options, validFor: /^[\p{L}\p{N}_:.-]*$/u };
  };
}

function declarations(prefixes) {
  return Object.entries(prefixes).map(([name, space]) => ({ label: `${name}:`, apply: `${name}: <${space}>`, detail: space }));
}

function variables(context, from) {
  const others = context.state.sliceDoc(0, from) + context.state.sliceDoc(context.pos);
  return [...new Set(others.match(/[?$]\w+/g))].map((label) => ({ label, type: "variable" }));
}

/** Return whether the cursor stands in a comment, a string or an IRI, where names mean nothing. */
function inText(context) {
  return Boolean(context.tokenBefore(["Comment", "String", "IriRef"]));
}

/** Ask the endpoint for the terms in use; without them the rest is completed all the same. */
async function termsOf(address, prefixes, words) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/sparql-results+json" } });
    const { results } = await answer.json();
    const once = new Map(results.bindings.reverse().map((row) => [row.term.value, row]));
    return [...once.values()].flatMap((row) => termOptions(row, prefixes, words));
  } catch {
    return [];
  }
}

function termOptions({ kind, term, label }, prefixes, words) {
  const written = shortened(term.value, prefixes);
  const byName = { label: written, detail: label?.value ?? words[kind.value], type: kind.value };
  return label ? [byName, { label: label.value, detail: written, apply: written, type: kind.value, boost: -2 }] : [byName];
}

function shortened(iri, prefixes) {
  const [name, space] = Object.entries(prefixes)
    .filter(([, candidate]) => iri.startsWith(candidate))
    .reduce((best, each) => (each[1].length > best[1].length ? each : best), ["", ""]);
  const local = iri.slice(space.length);
  return space && /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?$/u.test(local) ? `${name}:${local}` : `<${iri}>`;
}
