// The form of /security in a browser: that its script runs under its policy is seen nowhere else. Only the platform itself serves the page.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { API } from "./backend.js";
import { startChromium } from "./chromium.js";
import { startPlatform } from "./platform.js";

const WIDTHS = [360, 1200];
const platform = process.env.PLATFORM_SERVER;

test("SecurityPage_FormIsSent_ShowsTokenAndStateAndCallsNobodyElse", { skip: !platform, timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "security-page-"));
    const backend = await startPlatform(platform!, folder);
    const browser = await startChromium({ api: backend.port, sites: backend.port });
    try {
        const page = await browser.context.newPage();
        const asked = new Set<string>();
        page.on("request", (request) => asked.add(new URL(request.url()).origin));
        await page.goto(`${API}/security`);
        await assertFits(page);

        await page.fill("#title", "Users of other tenants are listed");
        await page.fill("#description", "The list <img src=x onerror=alert(1)> ignores the tenant.");
        await page.fill("#severity", "high");
        await page.click("#report-form button");
        await page.waitForSelector("#report-problem:not([hidden])");
        assert.match(await page.innerText("#report-problem"), /severity: Give a CVSS vector/);
        await assertFits(page);

        await page.fill("#severity", "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N");
        await page.setInputFiles("#attachments", { name: "proof.html", mimeType: "text/html", buffer: Buffer.from("<script>alert(1)</script>") });
        await page.click("#report-form button");
        await page.waitForSelector("#receipt:not([hidden])");
        assert.match(await page.innerText("#receipt-id"), /^vul_[0-9a-f]{32}$/);
        await assertFits(page);

        await page.fill("#status-token", await page.innerText("#receipt-token"));
        await page.click("#status-form button");
        await page.waitForSelector("#status-answer:not([hidden])");
        assert.equal(await page.innerText("#status-state"), "received");
        await page.fill("#status-token", "wrong");
        await page.click("#status-form button");
        await page.waitForSelector("#status-problem:not([hidden])");
        assert.equal(await page.isHidden("#status-answer"), true);

        assert.deepEqual([...asked], [API]);
        // The two refusals that this test asked for, and no broken policy.
        assert.deepEqual(browser.complaints.filter((line) => !/status of (400|404)/.test(line)), []);
    } finally {
        await browser.close();
        await backend.stop();
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
});

/** Nothing is wider than the window, on a phone and on a desk. */
async function assertFits(page: Page) {
    for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, `at ${width} px`);
    }
}
