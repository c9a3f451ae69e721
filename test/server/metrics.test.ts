/** The text format of Prometheus, version 0.0.4. */
import { describe, expect, it } from 'vitest';
import { createMetrics, type Gauge, type Metrics } from '../../src/server/metrics.ts';

const linesOf = (metrics: Metrics, name: string): string[] =>
  metrics.render([]).split('\n').filter((line) => line.startsWith(name) || line.includes(` ${name} `));

const samplesOf = (metrics: Metrics, name: string): string[] => linesOf(metrics, name).filter((line) => !line.startsWith('#'));

describe('a counter', () => {
  it.each<[string, (metrics: Metrics) => void, string]>([
    ['assay_decisions_total', (metrics) => metrics.countDecision('allowed', 1), '{code="allowed"}'],
    ['assay_answers_total', (metrics) => metrics.countAnswer(401, 1), '{status="401"}'],
    ['assay_key_fetches_total', (metrics) => metrics.countFetch('users', 'failed'), '{provider="users",result="failed"}'],
    ['assay_upstream_errors_total', (metrics) => metrics.countUpstreamError('reset'), '{kind="reset"}'],
  ])('%s is described when it has counted nothing, and then counts', (name, count, labels) => {
    const metrics = createMetrics();
    const heading = [expect.stringMatching(new RegExp(`^# HELP ${name} [A-Z].*\\.$`)), `# TYPE ${name} counter`];
    expect(linesOf(metrics, name)).toEqual(heading);
    count(metrics);
    expect(linesOf(metrics, name)).toEqual([...heading, `${name}${labels} 1`]);
    count(metrics);
    count(metrics);
    expect(linesOf(metrics, name)).toEqual([...heading, `${name}${labels} 3`]);
  });

  it('has a series for each set of labels', () => {
    const metrics = createMetrics();
    for (const [provider, result] of [['a', 'fetched'], ['a', 'failed'], ['b', 'fetched'], ['a', 'fetched']] as const) metrics.countFetch(provider, result);
    expect(samplesOf(metrics, 'assay_key_fetches_total')).toEqual([
      'assay_key_fetches_total{provider="a",result="fetched"} 2',
      'assay_key_fetches_total{provider="a",result="failed"} 1',
      'assay_key_fetches_total{provider="b",result="fetched"} 1',
    ]);
  });

  it('has at most 256 of them, and counts on in those', () => {
    const metrics = createMetrics();
    for (let i = 0; i < 300; i += 1) metrics.countUpstreamError(`k${i}`);
    metrics.countUpstreamError('k255');
    const samples = samplesOf(metrics, 'assay_upstream_errors_total');
    expect(samples).toHaveLength(256);
    expect(samples.slice(-2)).toEqual(['assay_upstream_errors_total{kind="k254"} 1', 'assay_upstream_errors_total{kind="k255"} 2']);
  });
});

describe.each<[string, (metrics: Metrics, seconds: number) => void]>([
  ['assay_decision_seconds', (metrics, seconds) => metrics.countDecision('allowed', seconds)],
  ['assay_answer_seconds', (metrics, seconds) => metrics.countAnswer(200, seconds)],
])('the histogram %s', (name, observe) => {
  it('counts in each bucket all that took no longer than its bound, the bound included', () => {
    const metrics = createMetrics();
    for (const seconds of [0.000_05, 0.001, 0.001, 0.002, 10, 30, 31]) observe(metrics, seconds);
    const lines = linesOf(metrics, name);
    expect(lines.slice(0, 2)).toEqual([expect.stringMatching(new RegExp(`^# HELP ${name} [A-Z].*\\.$`)), `# TYPE ${name} histogram`]);
    const bounds = lines.flatMap((line) => /_bucket\{le="(.+)"\} (\d+)$/.exec(line)?.slice(1) ?? []);
    expect(bounds.slice(0, 2)).toEqual(['0.00005', '1']);
    const counts = new Map(bounds.flatMap((bound, index) => (index % 2 === 0 ? [[bound, Number(bounds[index + 1])] as const] : [])));
    expect(counts.get('0.0005')).toBe(1);
    expect(counts.get('0.001')).toBe(3);
    expect(counts.get('0.0025')).toBe(4);
    expect(counts.get('5')).toBe(4);
    expect(counts.get('10')).toBe(5);
    expect(counts.get('30')).toBe(6);
    expect(counts.get('+Inf')).toBe(7);
    // Bounds rise, as whoever reads them takes for granted; the last has no end.
    const numbers = [...counts.keys()].map((bound) => (bound === '+Inf' ? Infinity : Number(bound)));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it('has a sum and a count', () => {
    const metrics = createMetrics();
    expect(samplesOf(metrics, name).slice(-2)).toEqual([`${name}_sum 0`, `${name}_count 0`]);
    for (const seconds of [0.25, 0.5, 40]) observe(metrics, seconds);
    expect(samplesOf(metrics, name).slice(-2)).toEqual([`${name}_sum 40.75`, `${name}_count 3`]);
  });
});

describe('a gauge', () => {
  const render = (gauge: Gauge): string => createMetrics().render([gauge]).slice(createMetrics().render([]).length);

  it('is what it is told at the moment', () => {
    expect(render({ name: 'open', help: 'Open now.', values: [[{}, 7]] })).toBe('# HELP open Open now.\n# TYPE open gauge\nopen 7\n');
    expect(render({ name: 'used', help: 'Used.', type: 'counter', values: [[{ a: 'b' }, 1], [{ a: 'c', d: 'e' }, 0.5]] }))
      .toBe('# HELP used Used.\n# TYPE used counter\nused{a="b"} 1\nused{a="c",d="e"} 0.5\n');
    expect(render({ name: 'none', help: 'None.', values: [] })).toBe('# HELP none None.\n# TYPE none gauge\n');
  });

  it('has the quotes, backslashes and line feeds of its labels escaped', () => {
    expect(render({ name: 'a', help: 'A.', values: [[{ id: '"a"\\b\nc\n' }, 1]] })).toContain('\na{id="\\"a\\"\\\\b\\nc\\n"} 1\n');
  });

  it('stands behind the counters, and each behind the other', () => {
    const text = createMetrics().render([{ name: 'a', help: 'A.', values: [] }, { name: 'b', help: 'B.', values: [] }]);
    expect(text.endsWith('# HELP a A.\n# TYPE a gauge\n# HELP b B.\n# TYPE b gauge\n')).toBe(true);
  });
});

it('a page of metrics ends each line, and has no empty one', () => {
  const metrics = createMetrics();
  metrics.countDecision('allowed', 1);
  expect(metrics.render([])).toMatch(/^(?:[^\n]+\n)+$/);
});
