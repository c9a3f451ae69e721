/** The bench, as somebody uses it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { ATTACKS } from '../../src/server/playground/attacks.ts';
import { createTestIssuer } from '../../src/testing/index.ts';
import { startVisit, verdictOf, type Visit } from './visit.ts';

let visit: Visit;
let page: Page;
beforeAll(async () => {
  visit = await startVisit();
  page = await visit.open();
});
afterAll(() => visit.end());
afterEach(() => expect(visit.troubles).toEqual([]));

const verdict = (): Promise<string> => verdictOf(page);
const pressed = async (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

it('has a token at once, which is accepted by twelve checks in order', async () => {
  await expect.poll(verdict).toBe('Accepted');
  const checks = page.locator('#checks > li');
  expect(await checks.evaluateAll((items) => items.map((item) => item.className))).toEqual(Array.from({ length: 12 }, () => 'passed'));
  expect(await checks.first().innerText()).toMatch(/three parts\s*held/i);
  const token = await page.locator('#token').inputValue();
  expect(await page.locator('#mirror').evaluate((mirror) => mirror.textContent?.replace('\u200b', ''))).toBe(token);
  expect(await page.locator('#mirror .header').evaluateAll((spans) => spans.map((span) => span.textContent).join(''))).toBe(token.split('.')[0]);
  expect(await page.locator('.compare').innerText()).toContain('The same hash.');
});

describe.each(ATTACKS.map(({ name, title, code }) => [title, name, code] as const))('the attack %s', (title, name, code) => {
  it('is caught by the check that is there for it, which says why', async () => {
    await pressed('Mint a fresh token');
    await expect.poll(verdict).toBe('Accepted');
    await page.locator(`[data-attack="${name}"]`).click();
    await expect.poll(verdict).toBe(code);
    const failed = page.locator('#checks > li.failed');
    // What was asked after the verdict may be broken too.
    expect(await failed.first().locator('.sentence').isVisible()).toBe(true);
    expect(await failed.first().innerText()).toMatch(/broken/i);
    expect(await page.locator('#changes h3').innerText()).toBe(title);
    await expect.poll(() => page.locator('.catcher').innerText()).toMatch(new RegExp(`^Caught by check \\d+, [a-z -]+: ${code}$`));
    const target = await page.locator('.catcher a').getAttribute('href');
    expect(await page.locator(`${target}.failed`).count()).toBe(1);
    expect(await page.locator('#changes .change').count()).toBeGreaterThan(0);
    expect(await page.locator(`[data-attack="${name}"]`).getAttribute('aria-pressed')).toBe('true');
    const changed = await page.locator('#mirror .changed').evaluateAll((spans) => spans.map((span) => span.textContent).join(''));
    if (name !== 'none') expect(changed).not.toBe('');
    if (name === 'twin') expect(changed).toHaveLength(1);
    for (const text of ['Looked at', 'Likely cause', 'Next step']) expect(await page.locator('.advice').innerText()).toMatch(new RegExp(text, 'i'));
  });
});

it('judges what is typed, as it is typed', async () => {
  await pressed('Mint a fresh token');
  await expect.poll(verdict).toBe('Accepted');
  await page.locator('#token').press('Control+End');
  await page.locator('#token').press('.');
  await expect.poll(verdict).toBe('malformed_compact');
  await page.locator('#token').press('Backspace');
  await expect.poll(verdict).toBe('Accepted');
  await pressed('Clear');
  await expect.poll(() => page.locator('#verdict').innerText()).toBe('Nothing is on the bench.');
});

it('mints with claims of one\'s own, and says what is wrong with others', async () => {
  await page.locator('#claims-editor summary').click();
  await page.locator('#claims').fill('{ "sub": "7", "exp": "soon" }');
  await pressed('Mint a fresh token');
  await expect.poll(verdict).toBe('claim_invalid');
  await page.locator('#claims').fill('{ "sub": 1, }');
  await pressed('Mint a fresh token');
  await expect.poll(() => page.locator('#claims-problem').innerText()).toContain('not valid JSON');
  await page.locator('#claims').fill('{ "sub": "7", "email": "seven@example.com" }');
  await pressed('Mint a fresh token');
  await expect.poll(verdict).toBe('Accepted');
  expect(await page.locator('#claims-problem').isVisible()).toBe(false);
});

it('lights the same octets everywhere', async () => {
  await page.getByRole('button', { name: 'email', exact: true }).hover();
  const lit = (): Promise<string> =>
    page.locator('#mirror .lit').evaluateAll((spans) => spans.map((span) => span.textContent).join(''));
  await expect.poll(lit).not.toBe('');
  const token = await page.locator('#token').inputValue();
  const payload = token.split('.')[1] ?? '';
  const at = payload.indexOf(await lit());
  const text = Buffer.from(payload.slice(at - (at % 4)), 'base64url').toString('utf8');
  expect(text).toMatch(/^.{0,3}"email":"seven@example\.com"/);
  // And from the keyboard: a field of the key lights its octets in both forms.
  await page.locator('#key-view .fields button', { hasText: 'the modulus' }).focus();
  await expect.poll(() => page.locator('#key-view .hex .kind-n.lit').count()).toBe(2);
  // A header lights all that it spans: of the AlgorithmIdentifier, its own octets and three fields.
  await page.locator('#key-view .fields button', { hasText: 'AlgorithmIdentifier' }).hover();
  await expect.poll(() => page.locator('#key-view .hex .lit').allInnerTexts()).toEqual([
    '30 0d', '06 09', '2a 86 48 86 f7 0d 01 01 01', '05 00',
  ]);
  await page.locator('#seal-view .fields button', { hasText: 'the hash that the issuer has signed' }).hover();
  await expect.poll(() => page.locator('#seal-view .hex .kind-hash.lit').count()).toBe(2);
  await page.getByRole('button', { name: 'sub', exact: true }).click();
  const selected = await page.evaluate(() => {
    const area = document.querySelector('textarea');
    return area?.value.slice(area.selectionStart, area.selectionEnd);
  });
  expect(Buffer.from(payload.slice(payload.indexOf(selected ?? '-') & ~3), 'base64url').toString()).toMatch(/^.{0,3}"sub":"7"/);
});

it('shows hostile words as words, and a token from elsewhere as that', async () => {
  const nasty = '<img src=x onerror="document.title=1">\u202e';
  const token = createTestIssuer().mint({ name: nasty, [nasty]: 'x'.repeat(3000), sub: nasty });
  await page.locator('#token').fill(token);
  await expect.poll(verdict).toBe('key_not_found');
  expect(await page.locator('#parts').innerText()).toContain('<img src=x onerror=\\"document.title=1\\">\\u202e');
  expect(await page.locator('#parts img').count()).toBe(0);
  expect(await page.title()).toBe('Assay: the bench');
  expect(await page.locator('.foreign').innerText()).toContain('assay explain --google');
  await page.locator('#token').fill('x'.repeat(10_001));
  await expect.poll(verdict).toBe('token_too_long');
  await page.locator('#token').fill('x'.repeat(70_000));
  await expect.poll(() => page.locator('#verdict .problem').innerText()).toContain('the body has more than 65536 octets');
  // The browser notes the refusal, which was meant.
  expect(visit.troubles.splice(0).filter((trouble) => !trouble.includes('413'))).toEqual([]);
});

it('rotates the keys, and withdraws the old ones', async () => {
  await pressed('Mint a fresh token');
  await expect.poll(verdict).toBe('Accepted');
  const old = await page.locator('#token').inputValue();
  await pressed('Rotate: a new key signs');
  await expect.poll(() => page.locator('#keys-held').innerText()).toContain('1 older one');
  await expect.poll(verdict).toBe('Accepted');
  await page.waitForTimeout(1100); // the cooldown between two questions about unknown keys
  await pressed('Mint a fresh token');
  await expect.poll(() => page.locator('#journal').innerText()).toContain('keys fetched: 2');
  await expect.poll(verdict).toBe('Accepted');
  await pressed('Withdraw the old ones');
  await pressed('+ 10 minutes');
  await page.locator('#token').fill(old);
  await expect.poll(verdict).toBe('key_not_found');
  await pressed('Now');
});

it('goes on while the key server is down, and then gives no verdict', async () => {
  await pressed('Mint a fresh token');
  await expect.poll(verdict).toBe('Accepted');
  await pressed('Take it down');
  await pressed('+ 10 minutes');
  await pressed('+ 10 minutes');
  await expect.poll(() => page.locator('#journal').innerText()).toContain('keys not fetched: no connection');
  await expect.poll(verdict).toBe('Accepted');
  for (let hour = 0; hour < 3; hour++) await pressed('+ 1 hour');
  await pressed('Mint a fresh token');
  await expect.poll(verdict).toBe('keys_unavailable');
  expect(await page.locator('#verdict .word').innerText()).toBe('No verdict');
  await pressed('Bring it up');
  await pressed('+ 10 minutes');
  await expect.poll(verdict).toBe('Accepted');
  await pressed('Now');
});

it('opens the file that does a check, and keeps the theme that was chosen', async () => {
  await page.getByRole('button', { name: 'Dark', exact: true }).click();
  await page.reload();
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(23, 21, 18)');
  await expect.poll(verdict).toBe('Accepted');
  await page.locator('#checks > li').nth(2).locator('summary').click();
  await page.locator('#checks > li').nth(2).getByRole('link').click();
  await page.waitForURL('**/source/src/jose/key-set.ts');
  expect(await page.locator('body').innerText()).toContain('export function selectKeys');
});

it('prints the certificate alone, on one page', async () => {
  const paper = await visit.open();
  await paper.emulateMedia({ media: 'print' });
  expect(await paper.locator('#certificate').isVisible()).toBe(true);
  for (const id of ['bench', 'decoded', 'seal', 'key', 'issuer']) expect(await paper.locator(`#${id}`).isVisible(), id).toBe(false);
  const pdf = (await paper.pdf({ format: 'A4' })).toString('latin1');
  expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
});
