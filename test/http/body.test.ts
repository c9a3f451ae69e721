import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { BodyTooLarge, readBody } from '../../src/http/body.ts';

/** Runs the collector, which a flag set now makes a new context offer. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

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

  it('grows as it must, to the limit and no further', async () => {
    const sizes = [4096, 1, 8000, 3, 16_384 - 12_100, 0];
    const expected = Buffer.concat(sizes.map((size, index) => Buffer.alloc(size, index + 1)));
    for (const limit of [16_384, 16_385, 1e6]) {
      const body = await readBody(chunks(...sizes), limit);
      expect(Buffer.compare(body, expected)).toBe(0);
      expect(body.buffer.byteLength).toBe(16_384);
    }
    await expect(readBody(chunks(...sizes, 1), 16_384)).rejects.toBeInstanceOf(BodyTooLarge);
  });

  it('keeps no chunk: a body that comes an octet at a time takes no more than its size', async () => {
    const kept: WeakRef<Uint8Array>[] = [];
    const source = (async function* dripping(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 100; i++) {
        const chunk = Uint8Array.of(i);
        kept.push(new WeakRef(chunk));
        yield chunk;
      }
      // A WeakRef lets go after the job that made it.
      await new Promise((resolve) => setTimeout(resolve, 5));
      collectGarbage();
      yield Uint8Array.of(kept.filter((chunk) => chunk.deref() !== undefined).length);
    })();
    const body = await readBody(source, 200);
    expect(body.length).toBe(101);
    expect(body[100]).toBeLessThan(5);
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
