// The whole way in a real browser: drop, hear, mend, make, play, make bars anew, take away; and what
// can be reached by keyboard and screen reader. Needs Chromium and restyle (PYTHON, or python).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { opened } from "./opened.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
const example = (name) => readFile(join(here, "../../examples", name));
const WAIT = { timeout: 300_000 }; // for machines that others use too

const { address, browser, close } = await opened({ width: 1440, height: 900 });
const page = browser.pages()[0] ?? (await browser.newPage());
const BASS = "Acoustic Bass";
const complaints = [], outside = [];
page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
page.on("pageerror", (error) => complaints.push(error.message));
page.on("request", (request) => { if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(address)) outside.push(request.url()); });

const steps = [];
async function step(name, work) {
  const began = Date.now();
  const told = await work();
  steps.push(name);
  console.log(`${name}${told ? `: ${told}` : ""} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}

/** What axe finds wrong in the page as it stands. */
async function accessible(where) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const told = found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(" | ")}`);
  assert.deepEqual(told, [], where);
}

const level = () => page.evaluate(() => document.querySelector(".level").value);
const results = () => page.locator(".results li").count();
const heardSide = () => page.locator(".ab button[aria-pressed=true]").textContent();

async function taken(link) {
  const coming = page.waitForEvent("download", WAIT);
  await link.click();
  const download = await coming;
  return { name: download.suggestedFilename(), data: await readFile(await download.path()) };
}

try {
  await step("open", async () => {
    await page.goto(address);
    await page.waitForSelector("body[data-ready]", WAIT);
    await accessible("the empty page");
  });

  await step("drop a song", async () => {
    const bytes = [...(await example("auld-lang-syne.mid"))];
    await page.evaluate((data) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(data)], "My_own <song>.mid"));
      dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
    }, bytes);
    await page.waitForSelector(".stage .chord", WAIT);
    assert.equal(await page.getByLabel("Key", { exact: true }).first().locator("option:checked").textContent(), "F major");
    assert.equal(await page.locator("#songs select option:checked").textContent(), "Auld Lang Syne");
    assert.equal(await page.getByLabel("Tune", { exact: true }).locator("option:checked").textContent(), "Melody");
    await accessible("the heard song");
  });

  await step("mend a chord by keyboard", async () => {
    const chord = page.locator(".pane.base .chord").nth(1);
    await page.locator(".pane.base .chord").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await accessible("the chord's box");
    await page.keyboard.type("Dm7");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll(".pane.base .chord")[1]?.textContent === "Dm7", null, WAIT);
    assert.equal(await chord.textContent(), "Dm7");
  });

  await step("make, and play before the end", async () => {
    const began = Date.now();
    await page.getByRole("button", { name: "Make it jazz" }).click();
    await page.waitForSelector(".stage.two", WAIT);
    const first = Date.now() - began;
    assert.equal(await results(), 0, "bars are there before the result is");
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await page.waitForFunction(() => document.querySelector(".level").value > 0.001, null, WAIT);
    const sounded = Date.now() - began;
    await page.waitForSelector(".results li.now", WAIT);
    return `first bars after ${first} ms, sound after ${sounded} ms, all after ${Date.now() - began} ms`;
  });

  await step("A/B, mute, solo, loop", async () => {
    assert.equal(await heardSide(), "Result");
    await page.getByRole("button", { name: "Loop the marked bars" }).click(); // so that a slow machine does not come to the end
    await page.getByRole("button", { name: "To the beginning" }).click();
    const play = page.getByRole("button", { name: "Play", exact: true });
    if (await play.count()) await play.click();
    await page.locator("main").focus();
    await page.keyboard.press("a");
    assert.equal(await heardSide(), "Song");
    await page.waitForFunction(() => document.querySelector(".level").value > 0.001, null, WAIT);
    await page.keyboard.press("a");
    for (const name of await page.locator(".gutter-pane.result .name").allTextContents())
      await page.locator(".gutter-pane.result").getByRole("button", { name: `Mute ${name}` }).click();
    await page.waitForFunction(() => document.querySelector(".level").value < 0.0005, null, WAIT);
    await page.locator(".gutter-pane.result").getByRole("button", { name: `Mute ${BASS}` }).click();
    await page.waitForFunction(() => document.querySelector(".level").value > 0.001, null, WAIT);
    for (const name of await page.locator(".gutter-pane.result .name").allTextContents())
      if (name !== BASS) await page.locator(".gutter-pane.result").getByRole("button", { name: `Mute ${name}` }).click();
    await page.getByRole("button", { name: "Loop the marked bars" }).click();
    await page.getByRole("button", { name: "Pause" }).click();
    assert.ok((await level()) < 0.5);
  });

  await step("the same once more is another one", async () => {
    await page.getByRole("button", { name: "Make it jazz" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".results li").length === 2, null, WAIT);
    assert.match(await page.locator(".results li.now .pick span").textContent(), /seed 2/);
    await page.locator(".results li.now").getByRole("button", { name: /^Throw/ }).click();
    await page.waitForFunction(() => document.querySelectorAll(".results li").length === 1);
    await page.locator(".results .pick").click();
    await page.waitForSelector(".results li.now", WAIT);
  });

  await step("make marked bars of one part anew, undo, redo", async () => {
    const ruler = await page.locator(".ruler").boundingBox();
    await page.mouse.move(ruler.x + ruler.width * 0.3, ruler.y + 30);
    await page.mouse.down();
    await page.mouse.move(ruler.x + ruler.width * 0.5, ruler.y + 30, { steps: 4 });
    await page.mouse.up();
    const open = page.locator(".result-bar summary", { hasText: /Bars \d+–\d+ anew/ });
    await open.click();
    await accessible("the box for bars anew");
    for (const pill of await page.locator(".pop-form .pill").all()) if ((await pill.textContent()) !== BASS) await pill.click();
    await page.getByRole("button", { name: "Make these again" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".results li").length === 2 && document.querySelector(".results li.now .pick span")?.textContent.includes("(bass)"), null, WAIT);
    await page.getByRole("button", { name: "Undo: the result before" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".results li")[1].classList.contains("now"));
    await page.getByRole("button", { name: "Redo: the result after" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".results li")[0].classList.contains("now"));
  });

  await step("take away", async () => {
    await page.locator(".pop.accent summary").click();
    await accessible("what can be taken away");
    const midi = await taken(page.locator(".away-link", { hasText: /^MIDI$/ }));
    assert.equal(midi.data.subarray(0, 4).toString(), "MThd");
    assert.equal(midi.name, "auld-lang-syne.jazz.mid");
    const pdf = await taken(page.locator(".away-link", { hasText: "Sheet music, PDF" }));
    assert.equal(pdf.data.subarray(0, 4).toString(), "%PDF");
    const bass = await taken(page.locator(".away-link", { hasText: BASS }));
    assert.equal(bass.data.subarray(0, 4).toString(), "MThd");
    assert.ok(bass.data.length < midi.data.length);
    await page.keyboard.press("Escape");
  });

  await step("read the sheet", async () => {
    await page.getByRole("button", { name: "Sheet", exact: true }).click();
    await page.waitForFunction(() => document.querySelector(".paper").shadowRoot.querySelectorAll("g.measure").length >= 17, null, WAIT);
    await accessible("the sheet");
    await page.getByRole("button", { name: "Close the sheet" }).click();
  });

  await step("come back", async () => {
    await page.reload();
    await page.waitForSelector(".results li.now", WAIT);
    assert.equal(await results(), 2);
    assert.equal(await page.locator(".pane.base .chord").nth(1).textContent(), "Dm7");
  });

  await step("everything that may be said is there, named", async () => {
    for (const fold of await page.locator(".folds .fold > summary").all()) await fold.click();
    for (const player of await page.locator(".players summary").all()) await player.click();
    await accessible("all folds open");
    for (const name of ["Kind of jazz", "Chords", "Introduction", "Ending", "Piano and guitar", "Figure", "Density", "Register", "Bass from"])
      assert.ok(await page.locator(".wishes").getByLabel(name, { exact: true }).first().isVisible(), name);
  });

  await step("an introduction, a count-in, a kept track", async () => {
    await page.getByLabel("Introduction").selectOption("2");
    await page.getByText("A bar of stick strokes before it").click();
    assert.match(await page.locator(".told[data-fold='Beginning and end']").textContent(), /count-in, 2 bars before/);
    await page.locator(".gutter-pane.base").getByRole("button", { name: "Keep Bass as it is in what is made" }).click();
    await page.getByRole("button", { name: "Make it jazz" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".results li").length === 3, null, WAIT);
    const said = await page.locator(".results li.now .pick span").textContent();
    assert.match(said, /own track 3.*count-in · intro 2/);
    await page.getByRole("button", { name: "To the beginning" }).click();
    await page.waitForFunction(() => /introduction, 2 to go/.test(document.querySelector(".where").textContent));
    await page.locator(".gutter-pane.base").getByRole("button", { name: "Keep Bass as it is in what is made" }).click();
    await page.locator(".pop.accent summary").click();
    const midi = await taken(page.locator(".away-link", { hasText: /^MIDI$/ }));
    assert.equal(midi.data.subarray(0, 4).toString(), "MThd");
    await page.keyboard.press("Escape");
  });

  await step("compose", async () => {
    await page.getByRole("tab", { name: "Arrange" }).focus();
    await page.keyboard.press("ArrowRight");
    assert.ok(await page.locator("#panel-compose").isVisible());
    for (const fold of await page.locator("#panel-compose .fold > summary").all()) await fold.click();
    await accessible("the composer");
    await page.getByLabel("Over these chords").fill("| C | Am | F | G |");
    await page.getByRole("button", { name: "Compose a song" }).click();
    await page.waitForFunction(() => document.querySelectorAll("#songs option").length === 2 && document.querySelectorAll(".results li").length === 1 && document.querySelector(".results li.now"), null, WAIT);
    assert.equal(await page.locator(".pane.base .chord").nth(1).textContent(), "Am");
    assert.ok(await page.locator(".gutter-pane.result .name").count() >= 3, "a band plays it");
    await page.getByRole("tab", { name: "Compose" }).click();
    await page.locator("#panel-compose input[type=range]").fill("80");
    await page.getByRole("button", { name: "Compose a tune" }).click();
    await page.waitForFunction(() => document.querySelectorAll("#songs option").length === 3 && !document.getElementById("panel-arrange").hidden, null, WAIT);
  });

  await step("report", async () => {
    await page.getByRole("tab", { name: "Report" }).click();
    await accessible("the report's tab");
    await page.getByRole("tab", { name: "Arrange" }).click();
  });

  await step("a broken file is refused with a sentence", async () => {
    await page.locator("#songs input[type=file]").setInputFiles({ name: "broken.mid", mimeType: "audio/midi", buffer: Buffer.from("MThd no") });
    await page.waitForSelector(".toast.wrong", WAIT);
    const said = await page.locator(".toast.wrong span").first().textContent();
    assert.match(said, /^broken.*\.$/);
    await page.locator(".toast.wrong button").first().click();
    return said;
  });

  await step("ten minutes of music scroll", async () => {
    await page.locator("#songs input[type=file]").setInputFiles({ name: "long.mid", mimeType: "audio/midi", buffer: longSong() });
    await page.waitForFunction(() => document.querySelector("#songs select").selectedOptions[0].textContent === "long" && document.querySelectorAll(".pane.base .chord").length > 50, null, WAIT);
    const frames = await page.evaluate(async () => {
      const scroller = document.querySelector(".scroller"), times = [];
      let last = performance.now();
      for (let i = 0; i < 90; i++) {
        scroller.scrollLeft += 60;
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        times.push(now - last);
        last = now;
      }
      return times.sort((a, b) => a - b);
    });
    assert.ok(await page.evaluate(() => document.querySelector(".scroller").scrollLeft > 1000), "it scrolls");
    return `middle frame ${frames[45].toFixed(1)} ms, 95th of 100 ${frames[85].toFixed(1)} ms`;
  });

  for (const [width, scheme] of [[360, "light"], [360, "dark"], [2560, "dark"], [800, "light"]])
    await step(`${width} pixels wide, ${scheme}`, async () => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: width < 500 ? 740 : 1200 });
      await page.waitForTimeout(150);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `the page is ${wide} pixels wide`);
      await accessible(`${width} ${scheme}`);
    });

  assert.deepEqual(outside, [], "nothing is loaded from outside");
  assert.deepEqual(complaints, [], "the browser has nothing to complain about");
  console.log(`${steps.length} steps, nothing from outside, nothing complained about`);
} catch (error) {
  if (process.env.PICTURE) await page.screenshot({ path: process.env.PICTURE });
  console.error(complaints);
  throw error;
} finally {
  await close();
}

/** A MIDI file of ten minutes: chords, a bass and a tune at 120 beats a minute. */
function longSong() {
  const track = (events) => {
    const bytes = [];
    let last = 0;
    for (const [tick, ...data] of events.sort((a, b) => a[0] - b[0])) {
      const wait = tick - last, parts = [wait & 127];
      for (let rest = wait >> 7; rest; rest >>= 7) parts.unshift((rest & 127) | 128);
      bytes.push(...parts, ...data);
      last = tick;
    }
    bytes.push(0, 255, 47, 0);
    return Buffer.concat([Buffer.from("MTrk"), size(bytes.length), Buffer.from(bytes)]);
  };
  const size = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
  const note = (channel, start, duration, pitch) => [[start, 144 + channel, pitch, 80], [start + duration, 128 + channel, pitch, 0]];
  const roots = [60, 57, 65, 55];
  const chords = [], tune = [];
  for (let bar = 0; bar < 300; bar++) {
    const root = roots[bar % 4], third = bar % 4 === 1 ? 3 : 4;
    for (let beat = 0; beat < 4; beat++) {
      const at = (bar * 4 + beat) * 480;
      for (const step of [-12, 0, third, 7]) chords.push(...note(0, at, 460, root + step));
      for (let k = 0; k < 2; k++) tune.push(...note(1, at + 240 * k, 220, root + 12 + [0, third, 7, 12][(beat + k) % 4]));
    }
  }
  const meter = [[0, 255, 88, 4, 4, 2, 24, 8], [0, 255, 81, 3, 7, 161, 32]];
  return Buffer.concat([Buffer.from("MThd"), size(6), Buffer.from([0, 1, 0, 3, 1, 224]), track(meter), track(tune), track(chords)]);
}
