// Replicates an event stream and writes each member as a line of JSON: its IRI and its quads. Follows if told to.
import { intoConfig, replicateLDES } from "ldes-client";
import { Writer } from "n3";

const [url, order, follow, statePath] = process.argv.slice(2);
const config = intoConfig({ url, polling: follow === "follow", pollInterval: 300, statePath: statePath || undefined });
const reader = replicateLDES(config, order).stream({ highWaterMark: 10 }).getReader();

for (let member = await reader.read(); !member.done; member = await reader.read()) {
  const quads = new Writer({ format: "N-Quads" }).quadsToString(member.value.quads);
  process.stdout.write(JSON.stringify({ id: member.value.id.value, quads }) + "\n");
}
