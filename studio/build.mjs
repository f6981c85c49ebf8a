// Builds the page into src/restyle/studio/static. With --compare, says whether what is committed
// there is what these sources give.
import { build } from "esbuild";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const home = join(here, "../src/restyle/studio/static");
const compare = process.argv.includes("--compare");
const out = compare ? await mkdtemp(join(tmpdir(), "studio-")) : home;

if (!compare) await rm(out, { recursive: true, force: true });
await mkdir(join(out, "examples"), { recursive: true });
await build({
  entryPoints: [join(here, "src/main.ts"), join(here, "src/style.css")],
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  loader: { ".woff2": "file" },
  assetNames: "[name]",
  legalComments: "none",
  logLevel: "warning",
});
const copies = [
  ["src/index.html", "index.html"],
  ["src/icon.svg", "icon.svg"],
  ["src/LICENSES.txt", "LICENSES.txt"],
  ["node_modules/spessasynth_lib/dist/spessasynth_processor.min.js", "synth.js"],
];
for (const [from, to] of copies) await cp(join(here, from), join(out, to));
for (const name of await readdir(join(here, "../examples"))) {
  if (/\.(mid|abc|musicxml)$/.test(name))
    await cp(join(here, "../examples", name), join(out, "examples", name));
}

if (compare) {
  const [now, then] = [await files(out), await files(home)];
  const names = [...new Set([...now.keys(), ...then.keys()])].sort();
  const other = names.filter((name) => now.get(name) !== then.get(name));
  await rm(out, { recursive: true });
  if (other.length) {
    console.error(`static/ is not what studio/ gives: ${other.join(", ")}. Run: npm run build`);
    process.exit(1);
  }
}

async function files(folder) {
  const found = new Map();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(relative(folder, path), (await readFile(path)).toString("base64"));
  }
  return found;
}
