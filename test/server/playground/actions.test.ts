/** What the page can ask of the bench, each by itself. */
import { expect, it } from 'vitest';
import { actionsOf } from '../../../src/server/playground/actions.ts';
import { ATTACKS } from '../../../src/server/playground/attacks.ts';
import { stateOf } from '../../../src/server/playground/issuer-state.ts';
import type { AttackResult, Certificate, IssuerState, MintResult } from '../../../src/server/playground/page/wire.ts';
import { createWorkshop, type Workshop } from '../../../src/server/playground/workshop.ts';

const START = 1_800_000_000;

function stand(over: (workshop: Workshop) => Workshop = (workshop) => workshop) {
  const workshop = over(createWorkshop(() => START));
  const actions = actionsOf(workshop);
  const act = async <Answer = IssuerState>(path: string, body: object = {}): Promise<Answer> =>
    await actions.get(path)?.(body as Parameters<NonNullable<ReturnType<typeof actions.get>>>[0]) as Answer;
  return { workshop, actions, act };
}

it('there are ten, and each of the levers answers with the state that it has made', async () => {
  const { workshop, actions, act } = stand();
  expect([...actions.keys()]).toEqual([
    '/api/state', '/api/mint', '/api/judge', '/api/attack', '/api/rotate', '/api/retire', '/api/down', '/api/up', '/api/clock',
    '/api/clock/reset',
  ]);
  expect(await act('/api/state')).toEqual(stateOf(workshop));
  expect((await act('/api/rotate')).keys).toHaveLength(2);
  expect((await act('/api/retire')).keys).toHaveLength(1);
  expect((await act('/api/down')).down).toBe(true);
  expect(workshop.issuer.failing).toBe('down');
  expect((await act('/api/up')).down).toBe(false);
  expect((await act('/api/clock', { seconds: 3600 })).moved).toBe('1 hour ahead');
  expect((await act('/api/clock/reset')).moved).toBe('');
});

it('the issuer never publishes more than six keys: the next drives out all but the current one', async () => {
  const { act } = stand();
  const counts: number[] = [];
  for (let turn = 0; turn < 6; turn++) counts.push((await act('/api/rotate')).keys.length);
  expect(counts).toEqual([2, 3, 4, 5, 6, 2]);
});

it('a step of the clock is a whole number of seconds, a leap year at most', async () => {
  const { act, workshop } = stand();
  const year = 366 * 86_400;
  for (const seconds of [year + 1, -year - 1, 0.5, '60', null, undefined]) {
    await expect(act('/api/clock', { seconds }), String(seconds)).rejects.toMatchObject({
      status: 400, message: '"seconds" expected a whole number',
    });
  }
  expect(workshop.moved()).toBe(0);
  await act('/api/clock', { seconds: year });
  expect(workshop.moved()).toBe(year);
  await act('/api/clock', { seconds: -year });
  expect(workshop.moved()).toBe(0);
});

it('what is no text is a mistake, and named', async () => {
  const { act } = stand();
  for (const [path, body, name] of [
    ['/api/mint', { claims: {} }, 'claims'], ['/api/judge', {}, 'token'], ['/api/attack', { name: 1, token: '' }, 'name'],
    ['/api/attack', { name: 'bit' }, 'token'],
  ] as const) {
    await expect(act(path, body)).rejects.toMatchObject({ status: 400, message: `"${name}" expected a string` });
  }
  await expect(act('/api/attack', { name: 'unheard-of', token: '' })).rejects.toMatchObject({ status: 400 });
});

it('claims that are none, or cannot be minted, are told in a sentence; what else goes wrong is not', async () => {
  const { act } = stand();
  expect(await act<MintResult>('/api/mint', { claims: '[1]' })).toEqual({ problem: expect.stringMatching(/^The claims .*[^.]\.$/) });
  const { token = '' } = await act<MintResult>('/api/mint', { claims: '{"sub":"L\u00f6velace"}' });
  expect(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).toContain('"L\u00f6velace"');

  const failing = (error: Error) => stand((workshop) => ({
    ...workshop,
    issuer: { ...workshop.issuer, mint: () => { throw error; } },
  })).act('/api/mint', { claims: '{}' });
  expect(await failing(new TypeError('"exp" expected a number'))).toEqual({ problem: '"exp" expected a number.' });
  await expect(failing(new RangeError('out of memory'))).rejects.toThrow('out of memory');
});

it('a certificate is of the token that was sent, by the keys of the issuer', async () => {
  const { act, workshop } = stand();
  const { verdict, parts, seal } = await act<Certificate>('/api/judge', { token: workshop.issuer.mint({ name: 'Ada' }) });
  expect([verdict, seal?.equal, seal?.kid]).toEqual(['accepted', true, workshop.issuer.kid]);
  expect(parts[1]?.members?.find(({ name }) => name === 'name')?.value).toBe('"Ada"');
});

it('an attack breaks the token that was sent where that is good by the clock of the bench, and else a fresh one', async () => {
  const { act, workshop } = stand();
  const attack = (token: string) => act<AttackResult>('/api/attack', { name: 'twin', token });
  const signed = (token: string): string => token.slice(0, token.lastIndexOf('.'));
  const [own, old] = [workshop.issuer.mint({ name: 'Ada' }), workshop.issuer.mint({ exp: START - 1, iat: START - 2 })];
  const { token, title, story, changes } = await attack(own);
  const twin = ATTACKS.find(({ name }) => name === 'twin');
  expect([signed(token), title, story]).toEqual([signed(own), twin?.title, twin?.story]);
  expect(changes.map(({ part, of }) => [part, of])).toEqual([['signature', 'characters']]);
  expect(changes[0]?.span).toEqual([token.length - 1, token.length]);

  const fresh = await attack(old);
  expect(signed(fresh.token)).not.toBe(signed(old));
  expect(fresh.changes.map(({ part }) => part)).toEqual(['signature']);
  await act('/api/clock', { seconds: 7200 });
  expect(signed((await attack(own)).token)).not.toBe(signed(own));
});
