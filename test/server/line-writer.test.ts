import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLineWriter } from '../../src/server/line-writer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A writer, and all that it has written. */
function writer() {
  const written: string[] = [];
  return { written, ...createLineWriter((text) => written.push(text)) };
}

describe('lines', () => {
  it('are written together, fifty milliseconds after the first', () => {
    const { written, write } = writer();
    write('a\n');
    vi.advanceTimersByTime(30);
    write('b\n');
    vi.advanceTimersByTime(19);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(written).toEqual(['a\nb\n']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that come later are a batch of their own, with a time of its own', () => {
    const { written, write } = writer();
    write('a\n');
    vi.advanceTimersByTime(50);
    write('b\n');
    vi.advanceTimersByTime(49);
    expect(written).toEqual(['a\n']);
    vi.advanceTimersByTime(1);
    expect(written).toEqual(['a\n', 'b\n']);
  });

  it('are not kept when they are more than 65,536 characters', () => {
    const { written, write } = writer();
    write('a'.repeat(65_536));
    expect(written).toEqual([]);
    write('b');
    expect(written).toEqual([`${'a'.repeat(65_536)}b`]);
    // Nor is anything left to be done about them.
    expect(vi.getTimerCount()).toBe(0);
    write('c');
    vi.advanceTimersByTime(50);
    expect(written.slice(1)).toEqual(['c']);
  });

  it('are written at once when that is asked for, and not again', () => {
    const { written, write, flush } = writer();
    write('a\n');
    flush();
    expect(written).toEqual(['a\n']);
    flush();
    vi.advanceTimersByTime(100);
    expect(written).toEqual(['a\n']);
  });

  it('that are none are not written', () => {
    const { written, flush } = writer();
    flush();
    expect(written).toEqual([]);
  });

  it('that cannot be written are dropped, and the next are tried', () => {
    let full = true;
    const written: string[] = [];
    const { write, flush } = createLineWriter((text) => {
      if (full) throw new Error('no space left');
      written.push(text);
    });
    write('a\n');
    expect(flush).not.toThrow();
    full = false;
    write('b\n');
    flush();
    expect(written).toEqual(['b\n']);
  });
});

it('lines that wait keep no process from ending', () => {
  vi.useRealTimers();
  const unref = vi.spyOn(Object.getPrototypeOf(setTimeout(() => undefined, 0)), 'unref');
  const { write, flush } = writer();
  write('a\n');
  expect(unref).toHaveBeenCalledTimes(1);
  flush();
  unref.mockRestore();
});
