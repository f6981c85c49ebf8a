// A studio of its own and a browser that stands before it. PYTHON has restyle; CHROMIUM is the browser.
import { chromium } from "playwright-core";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export async function opened(viewport) {
  const folder = await mkdtemp(join(tmpdir(), "studio-test-"));
  const server = spawn(process.env.PYTHON ?? "python", ["-m", "restyle.cli", "studio", "--port", "0", "--no-browser", "--folder", join(folder, "visits")], { stdio: ["ignore", "pipe", "inherit"] });
  const address = await new Promise((found, failed) => {
    server.stdout.on("data", (text) => { const at = /http:\S+/.exec(String(text)); if (at) found(at[0]); });
    server.on("exit", () => failed(new Error("the studio did not start")));
  });
  const browser = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: FLAGS, viewport, acceptDownloads: true,
  });
  const close = async () => {
    await browser.close();
    server.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  };
  return { address, browser, close };
}
