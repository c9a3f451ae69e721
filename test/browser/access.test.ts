/** For everybody: axe finds nothing in either theme, the keyboard is enough, a phone is wide enough, motion can be off. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { startVisit, verdictOf, type Visit } from './visit.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

let visit: Visit;
beforeAll(async () => {
  visit = await startVisit();
});
afterAll(() => visit.end());
afterEach(() => expect(visit.troubles).toEqual([]));

async function violations(page: Page): Promise<readonly string[]> {
  // Marks are still being struck: half-transparent ink has half the contrast.
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const axe = Reflect.get(globalThis, 'axe') as {
      readonly run: () => Promise<{ readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[] }>;
    };
    const { violations: found } = await axe.run();
    return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}

describe.each(['light', 'dark'] as const)('axe, %s', (colorScheme) => {
  it.each([
    ['a good token', undefined], ['a bad signature', 'bit'], ['claims that are refused', 'audience'], ['a broken form', 'padding'],
  ])('finds nothing on the bench with %s', async (_, attack) => {
    const page = await visit.open('/', { colorScheme });
    if (attack !== undefined) {
      await page.locator(`[data-attack="${attack}"]`).click();
      await expect.poll(() => verdictOf(page)).not.toBe('Accepted');
    }
    await page.locator('#claims-editor summary').click();
    for (const summary of await page.locator('.unasked summary, #checks > li:nth-child(2) summary').all()) await summary.click();
    await page.locator('.members button').last().hover();
    expect(await violations(page)).toEqual([]);
  });

  it('finds nothing where one signs in', async () => {
    const page = await visit.open('/sign-in', { colorScheme });
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign in with the local issuer' }).click();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: /Ada/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

/** Presses Tab until the focus is where it should be, and sees to it that it can be seen. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    await page.keyboard.press('Tab');
    const { text, outline } = await page.evaluate(() => {
      const focused = document.activeElement;
      const style = focused === null ? undefined : getComputedStyle(focused.closest('.token-field') ?? focused);
      return { text: focused?.textContent ?? '', outline: style?.outlineStyle };
    });
    expect(outline, text).not.toBe('none');
    if (name.test(text.trim())) return;
  }
  throw new Error(`the keyboard does not get to ${name}`);
}

describe('the keyboard alone', () => {
  it('mints, attacks, reads why, and moves the issuer', async () => {
    const page = await visit.open();
    await tabTo(page, /^Mint a fresh token$/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^one flipped bit$/);
    await page.keyboard.press('Space');
    await expect.poll(() => verdictOf(page)).toBe('signature_invalid');
    await tabTo(page, /^.*1.*three parts/s);
    await page.keyboard.press('Enter');
    expect(await page.locator('#checks .sentence').first().isVisible()).toBe(true);
    await tabTo(page, /^src\/jose\/jws\.ts$/);
    await tabTo(page, /^Take it down$/);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#server-state').innerText()).toContain('Down');
    await tabTo(page, /^Bring it up$/);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#server-state').innerText()).toContain('Up');
  });

  it('signs in and out', async () => {
    const page = await visit.open('/sign-in');
    await tabTo(page, /^Sign in with the local issuer$/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Ada Lovelace');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#greeting').innerText()).toBe('Signed in: account 1.');
    await tabTo(page, /^Sign out$/);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#greeting').innerText()).toBe('Nobody is signed in.');
  });

  it('the way to the certificate is short', async () => {
    const page = await visit.open();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('certificate');
  });
});

describe('a phone', () => {
  const viewport = { width: 360, height: 740 };
  const overflow = (page: Page): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  it.each(['/', '/sign-in'])('is wide enough for %s', async (path) => {
    const page = await visit.open(path, { viewport, hasTouch: true, isMobile: true });
    expect(await overflow(page)).toBe(0);
    // WCAG 2.2, 2.5.8: 24 by 24 pixels, but for links in sentences.
    const small = await page.locator('button:visible, summary:visible, input:visible, textarea:visible').evaluateAll((controls) => controls
      .map((control) => [control.textContent?.trim().slice(0, 20), control.getBoundingClientRect()] as const)
      .filter(([text, { height }]) => height < 24 && !['header', 'payload', 'signature', ''].includes(text ?? ''))
      .map(([text, { height }]) => `${text} ${height}`));
    expect(small).toEqual([]);
  });

  it('shows every attack without going wider, the certificate below the bench', async () => {
    const page = await visit.open('/', { viewport, hasTouch: true, isMobile: true });
    for (const button of await page.locator('#attacks button').all()) {
      await button.tap();
      await expect.poll(() => verdictOf(page)).not.toBe('Accepted');
      expect(await overflow(page)).toBe(0);
    }
    const tops = await page.locator('#bench, #certificate, #decoded').evaluateAll((parts) =>
      parts.map((part) => [part.id, part.getBoundingClientRect().top] as const));
    expect(tops.toSorted((a, b) => a[1] - b[1]).map(([id]) => id)).toEqual(['bench', 'certificate', 'decoded']);
  });
});

describe('motion', () => {
  const moving = (page: Page): Promise<number> =>
    page.locator('.passed .mark').evaluateAll((marks) => marks.filter((mark) => getComputedStyle(mark).animationName !== 'none').length);

  it('tells the order of the checks, and is off for who does not want it', async () => {
    expect(await moving(await visit.open())).toBe(12);
    expect(await moving(await visit.open('/', { reducedMotion: 'reduce' }))).toBe(0);
  });
});

it('without scripts says so, and nothing is broken', async () => {
  const { url } = visit;
  const response = await fetch(url);
  expect(await response.text()).toContain('<noscript>');
});
