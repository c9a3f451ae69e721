import { afterEach, expect, it } from 'vitest';
import { SubjectProcess } from '../../bench/conformance/subject-process.ts';
import { question } from './findings.ts';

// From bench/peers/adapters/.
const subject = new SubjectProcess('../../../test/bench/misbehaving-adapter', 1000);

afterEach(() => subject.close());

it('tells a crash from a hang, and goes on after either', async () => {
  const outcomes: string[] = [];
  for (const token of ['fine', 'crash', 'hang', 'fine']) outcomes.push((await subject.ask(question({ token }))).outcome);
  expect(outcomes).toEqual(['accepted', 'crashed', 'hung', 'accepted']);
});

it('does not take a library for mute that cannot even start', async () => {
  await expect(new SubjectProcess('no-such-adapter').ask(question())).rejects.toThrow('did not start');
});
