import { expect, it } from 'vitest';
import { durationInWords, formatTime, parseTime, timeInWords } from '../../src/cli/time.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

it.each([
  ['0', 0],
  ['1700000000', 1_700_000_000],
  ['1700000000.25', 1_700_000_000.25],
  ['1970-01-01T00:00:00Z', 0],
  ['2023-11-14T22:13:20Z', 1_700_000_000],
  ['2023-11-14t22:13:20z', 1_700_000_000],
  ['2023-11-14T22:13:20.5Z', 1_700_000_000.5],
  ['2023-11-15T00:13:20+02:00', 1_700_000_000],
  ['2023-11-14T20:43:20-01:30', 1_700_000_000],
  ['2024-02-29T00:00:00Z', 1_709_164_800],
  ['1990-12-31T23:59:60Z', 662_688_000], // RFC 3339 §5.8
  ['1990-12-31T15:59:60-08:00', 662_688_000],
  ['1969-12-31T23:59:59Z', -1],
])('%s is a time', (text, seconds) => {
  expect(parseTime(text, '--at')).toBe(seconds);
});

it.each([
  '', ' ', '-1', '+1', '1e9', '0x10', '1.', '.5', 'NaN', 'Infinity', '1700000000 ', '1_700', '１',
  '2023-11-14', '2023-11-14T22:13Z', '2023-11-14T22:13:20', '2023-11-14 22:13:20Z', '2023-11-14T22:13:20+0200',
  '2023-11-14T22:13:20.Z', '2023-02-29T00:00:00Z', '2023-04-31T00:00:00Z', '2023-13-01T00:00:00Z',
  '2023-00-10T00:00:00Z',
  '2023-11-14T24:00:00Z', '2023-11-14T22:60:00Z', '2023-11-14T22:13:61Z', '2023-11-14T22:13:60Z', '23-11-14T22:13:20Z',
  '2023-11-14T22:13:20+24:00', '2023-11-14T22:13:20Z\n', '02023-11-14T22:13:20Z', '99999999999999', '100000000001',
])('%j is none', (text) => {
  expect(() => parseTime(text, '--at')).toThrow(UsageError);
});

it.each([
  [0, 'less than a second'],
  [0.4, 'less than a second'],
  [1, '1 second'],
  [-59.6, '1 minute'],
  [61, '1 minute 1 second'],
  [3600, '1 hour'],
  [3601, '1 hour'],
  [86_400 * 2 + 3600 * 5 + 59, '2 days 5 hours'],
  [86_400 * 800, '2 years 70 days'],
])('%d seconds are %j', (seconds, words) => {
  expect(durationInWords(seconds)).toBe(words);
});

it('times are seen from now', () => {
  expect(timeInWords(90, 30)).toBe('1970-01-01T00:01:30Z, in 1 minute');
  expect(timeInWords(30, 90)).toBe('1970-01-01T00:00:30Z, 1 minute ago');
  expect(timeInWords(0.5, 0.5)).toBe('1970-01-01T00:00:00.500Z, less than a second ago');
  expect(timeInWords(1e300, 0)).toBe('beyond any calendar');
  expect(formatTime(-1e300)).toBeUndefined();
});
