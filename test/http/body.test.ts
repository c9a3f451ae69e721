import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BodyTooLarge, readBody } from '../../src/http/body.ts';

async function* chunks(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const [index, size] of sizes.entries()) yield new Uint8Array(size).fill(index + 1);
}

describe('readBody', () => {
  it('joins the chunks', async () => {
    expect([...(await readBody(chunks(1, 0, 2), 3))]).toEqual([1, 3, 3]);
    expect((await readBody(chunks(), 0)).length).toBe(0);
  });

  it('takes exactly the limit and not one octet more', async () => {
    expect((await readBody(chunks(4, 4), 8)).length).toBe(8);
    await expect(readBody(chunks(4, 5), 8)).rejects.toBeInstanceOf(BodyTooLarge);
    await expect(readBody(chunks(1), 0)).rejects.toMatchObject({ name: 'BodyTooLarge', limit: 0 });
  });

  it('names its error as every other error is named', () => {
    const nameOf = (prototype: object) => Object.getOwnPropertyDescriptor(prototype, 'name');
    expect(nameOf(BodyTooLarge.prototype)).toEqual({ ...nameOf(RangeError.prototype), value: 'BodyTooLarge' });
  });

  it('stops the source in the chunk that passes the limit', async () => {
    let yielded = 0;
    let stopped = false;
    const source = (async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          yielded++;
          yield new Uint8Array(10);
        }
      } finally {
        stopped = true;
      }
    })();
    await expect(readBody(source, 25)).rejects.toBeInstanceOf(BodyTooLarge);
    expect([yielded, stopped]).toEqual([3, true]);
  });

  it('ends a Node stream that is too long', async () => {
    const stream = Readable.from([Buffer.alloc(10), Buffer.alloc(10)]);
    await expect(readBody(stream, 5)).rejects.toBeInstanceOf(BodyTooLarge);
    expect(stream.destroyed).toBe(true);
  });

  it('returns a copy', async () => {
    const chunk = Uint8Array.of(1);
    const body = await readBody(Readable.from([chunk]), 1);
    chunk[0] = 2;
    expect(body[0]).toBe(1);
  });

  it('passes on what the source throws', async () => {
    const source = (async function* failing(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1);
      throw new RangeError('reset');
    })();
    await expect(readBody(source, 5)).rejects.toThrow('reset');
  });

  it('refuses chunks that are not octets, and limits that are none', async () => {
    await expect(readBody(Readable.from(['text']), 5)).rejects.toBeInstanceOf(TypeError);
    await expect(readBody(chunks(), -1)).rejects.toBeInstanceOf(TypeError);
    await expect(readBody(chunks(), Number.NaN)).rejects.toBeInstanceOf(TypeError);
  });
});
