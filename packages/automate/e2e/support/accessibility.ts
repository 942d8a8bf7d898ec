import axe, { type AxeResults } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';

type Watched = typeof globalThis & { readonly axe: typeof axe; readonly shifts: readonly number[]; stillness(): Promise<void> };

/** Waits until nothing moves but what never ends, and 20 seconds at most. What ends may begin another, as one dialog does after another. */
const STILLNESS = `globalThis.stillness = async () => {
  const endsAt = performance.now() + 20_000;
  const moving = () =>
    document
      .getAnimations()
      .filter(({ playState, effect }) => playState === 'running' && effect.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
  for (let left = moving(); left.length > 0 && performance.now() < endsAt; left = moving()) {
    const ended = Promise.allSettled(left.map(({ finished }) => finished));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, endsAt - performance.now()))]);
  }
};`;

/** Before pages are opened: brings the checker into them, past their policy, and counts what moves without having been touched. */
export async function watch(context: BrowserContext): Promise<void> {
  await context.addInitScript({ content: axe.source });
  await context.addInitScript({ content: STILLNESS });
  await context.addInitScript({
    content: `globalThis.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) globalThis.shifts.push(value);
}).observe({ type: 'layout-shift', buffered: true });`,
  });
}

/**
 * What is wrong with a page for people who cannot see it well or use no mouse (WCAG 2.2 A and AA, and good practice), a line each.
 * What fades in or out, in front or behind, has no colours of its own yet: it is looked at when it stays as it is.
 */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  const results = (await page.evaluate(async () => {
    await (globalThis as Watched).stillness();
    return (globalThis as Watched).axe.run();
  })) as AxeResults;
  return results.violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}

/** How much has moved by itself since the page was opened (Cumulative Layout Shift). */
export function layoutShift(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as Watched).shifts.reduce((sum, value) => sum + value, 0));
}
