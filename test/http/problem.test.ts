import { describe, expect, it } from 'vitest';
import { formatProblem, PROBLEM_TYPE } from '../../src/http/problem.ts';

describe('formatProblem', () => {
  it('writes the members that it is given', () => {
    expect(PROBLEM_TYPE).toBe('application/problem+json');
    expect(formatProblem({ status: 401, title: 'Unauthorized' })).toBe('{"title":"Unauthorized","status":401}');
    expect(JSON.parse(formatProblem({
      type: 'https://a.example/p', status: 403, title: 'Forbidden', detail: 'd', extensions: { code: 'c', skew: 1.5 },
    }))).toEqual({ type: 'https://a.example/p', status: 403, title: 'Forbidden', detail: 'd', code: 'c', skew: 1.5 });
  });

  it.each([400, 599])('takes the status %j', (status) => {
    expect(formatProblem({ status, title: 't' })).toBe(`{"title":"t","status":${status}}`);
  });

  it.each([0, 200, 302, 399, 600, 401.5, Number.NaN])('refuses the status %j', (status) => {
    expect(() => formatProblem({ status, title: 't' })).toThrow(TypeError);
  });

  it.each(['status', 'instance', 'type', 'title', 'detail', '__proto__x', 'ab', '1ab', 'a-b', 'abc-d'])('refuses an extension named %s', (name) => {
    expect(() => formatProblem({ status: 400, title: 't', extensions: { [name]: 'x' } })).toThrow(TypeError);
  });
});
