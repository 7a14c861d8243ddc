// The outlines of land for the map of places, as an SVG of one path, in the projection of `publication/map.py` (Equal Earth).
// Run by build.mjs; nothing of it is sent to a browser.
import { readFile } from "node:fs/promises";
import { geoEqualEarth, geoPath } from "d3-geo";
import { feature } from "topojson-client";

export const DATA = "world-atlas";
export const WIDTH = 2000;
const NORTH = 84;
const SOUTH = -58;

export async function land(modules) {
  const topology = JSON.parse(await readFile(`${modules}/${DATA}/land-110m.json`, "utf8"));
  const [outlines] = feature(topology, topology.objects.land).features;
  const shown = outlines.geometry.coordinates.filter(([ring]) => ring.some(([, latitude]) => latitude > SOUTH));
  const whole = geoEqualEarth().fitWidth(WIDTH, { type: "Sphere" });
  const [x, y] = whole.translate();
  const projection = whole.translate([x, y - whole([0, NORTH])[1]]);
  const height = Math.round(projection([0, SOUTH])[1]);
  const path = geoPath(projection).digits(0)({ type: "MultiPolygon", coordinates: shown });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"><path fill="#7d8a80" fill-opacity=".4" d="${relative(path)}"/></svg>\n`;
}

// From `M1,2L3,4Z` to `m1 2 2 2z`: the same path in half the bytes.
function relative(path) {
  let [x, y] = [0, 0];
  const parts = path.split("Z").filter(Boolean).map((ring) => {
    const points = ring.slice(1).split("L").map((pair) => pair.split(",").map(Number));
    const steps = points.map(([toX, toY]) => {
      const step = [toX - x, toY - y];
      [x, y] = [toX, toY];
      return step;
    });
    [x, y] = points[0];
    const moved = steps.filter(([dx, dy], place) => place === 0 || dx || dy);
    return `m${moved.flat().join(" ").replaceAll(" -", "-")}z`;
  });
  return parts.join("");
}
