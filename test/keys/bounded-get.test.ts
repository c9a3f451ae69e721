import { describe, expect, it } from 'vitest';
import { getOnce, GetError, withDeadline, type GetAnswer } from '../../src/keys/bounded-get.ts';
import { untyped } from './issuer.ts';

const URL_ = 'https://issuer.example/keys';
const never = new AbortController().signal;

const get = (response: unknown, maxBytes = 262_144): Promise<GetAnswer> =>
  getOnce(URL_, { fetch: async () => untyped(response), timeout: 1, maxBytes, headers: {} }, never);

describe('a bounded GET', () => {
  it.each([
    [299, 'status 299'], [300, 'redirected'], [399, 'redirected'], [400, 'status 400'],
  ])('of status %i fails, and says so', async (status, message) => {
    await expect(get({ status, body: null })).rejects.toThrow(new GetError(message));
  });

  it('lets go of a body that cannot be cancelled', async () => {
    await expect(get({ status: 500, body: {} })).rejects.toThrow(new GetError('status 500'));
  });

  it('fails with an error of its own name', async () => {
    await expect(get(undefined)).rejects.toMatchObject({ name: 'GetError' });
  });

  it.each([
    { octets: 1, maxBytes: 1000, room: 1000 },
    { octets: 1, maxBytes: 262_144, room: 16_384 },
    { octets: 16_384, maxBytes: 262_144, room: 16_384 },
    { octets: 16_385, maxBytes: 262_144, room: 32_770 },
    { octets: 16_385, maxBytes: 20_000, room: 20_000 },
  ])('sets aside $room octets for a body of $octets where $maxBytes are allowed', async ({ octets, maxBytes, room }) => {
    const { body } = await get(new Response(new Uint8Array(octets).fill(7)), maxBytes);
    expect(body).toEqual(new Uint8Array(octets).fill(7));
    expect(body.buffer.byteLength).toBe(room);
  });
});

it('a deadline keeps the process only once somebody waits', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  let finish = (): void => undefined;
  const before = timers();
  const { done, ref } = withDeadline(600, () => new Promise<void>((resolve) => (finish = resolve)));
  expect(timers()).toBe(before);
  ref();
  expect(timers()).toBe(before + 1);
  finish();
  await done;
  expect(timers()).toBe(before);
});
