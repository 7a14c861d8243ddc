// node build.mjs FOLDER: writes the scripts of the pages and the map, content hashes in their names, and the licences of what is in them.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DATA, land } from "./src/land.js";

const folder = process.argv[2];

const { metafile } = await build({
  entryPoints: ["src/query-page.js", "src/site.js", "src/validation-page.js"],
  entryNames: "[name]-[hash]",
  chunkNames: "shared-[hash]",
  splitting: true,
  outdir: folder,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

const outlines = await land("node_modules");
const packages = new Set([DATA]);
for (const input of Object.keys(metafile.inputs)) {
  const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
  if (name) packages.add(name);
}

async function licence(name) {
  const place = join("node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(place, "package.json"), "utf8"));
  const file = (await readdir(place)).find((each) => /^licen[sc]e/i.test(each));
  if (!file) throw new Error(`${name} brings no text of its licence`);
  return `${name} ${version} (${license})\n\n${(await readFile(join(place, file), "utf8")).trim()}\n`;
}

const texts = await Promise.all([...packages].sort().map(licence));
await mkdir(folder, { recursive: true });
await writeFile(join(folder, `land-${createHash("sha256").update(outlines).digest("hex").slice(0, 8)}.svg`), outlines);
await writeFile(join(folder, "LICENSES.txt"), texts.join(`\n${"-".repeat(72)}\n\n`));
