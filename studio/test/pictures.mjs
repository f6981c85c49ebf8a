// The page's pictures in the README and the docs, made anew: npm run pictures.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { opened } from "./opened.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { address, browser, close } = await opened({ width: 1400, height: 880 });
try {
  const page = browser.pages()[0] ?? (await browser.newPage());
  await page.goto(address);
  await page.waitForSelector("body[data-ready]", { timeout: 90_000 });
  await page.locator(".drop input").setInputFiles(join(root, "examples/auld-lang-syne.mid"));
  await page.waitForSelector(".stage .chord", { timeout: 90_000 });
  await page.getByRole("button", { name: "Make it jazz" }).click();
  await page.waitForSelector(".results li.now", { timeout: 90_000 });
  await page.locator(".pane.result .roll").click({ position: { x: 300, y: 40 } });
  await page.mouse.move(0, 0);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    if (colorScheme === "dark") await page.locator(".folds .fold > summary", { hasText: "Section by section" }).click();
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(root, `docs/pictures/studio-${colorScheme}.png`) });
  }
} finally {
  await close();
}
