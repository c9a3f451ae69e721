import { describe, expect, it } from 'vitest';
import { bitLength, ed25519Weakness, makeSieve, rsaWeakness } from '../../src/jose/key-strength.ts';
import { ED_1, ED_2, RSA_1, RSA_2 } from './keys.ts';
import { fromBigInt, octets, toBigInt } from './octets.ts';

const PRIMES = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157].map(BigInt);
/** The odd primes up to 167: none of them may divide a modulus. */
const SMALL = Array.from({ length: 83 }, (_, i) => BigInt(2 * i + 3)).filter(
  (n) => Array.from({ length: 11 }, (_, i) => BigInt(i + 2)).every((divisor) => n === divisor || n % divisor !== 0n),
);
const PRODUCT = SMALL.reduce((product, prime) => product * prime, 1n);
const F4 = Buffer.from([1, 0, 1]);

/** The powers of 65537 modulo a prime. */
function subgroup(prime: bigint): Set<bigint> {
  const powers = new Set([1n]);
  for (let power = 65537n % prime; power !== 1n; power = (power * 65537n) % prime) powers.add(power);
  return powers;
}

/** An odd number of exactly `bits` bits that leaves the residue that `wanted` names for each prime. */
function modulus(seed: string, bits: number, wanted: (prime: bigint, residue: bigint) => bigint): Buffer {
  // The second and third bit are zero: what is added below does not carry into a bit more.
  let n = (1n << BigInt(bits - 1)) | BigInt.asUintN(bits - 3, toBigInt(octets(seed, bits))) | 1n;
  let step = 2n; // keeps n odd, and what was settled for earlier primes
  for (const prime of SMALL) {
    const target = wanted(prime, n % prime);
    while (n % prime !== target) n += step;
    step *= prime;
  }
  return fromBigInt(n);
}

const nonZero = (prime: bigint, residue: bigint): bigint => (residue === 0n ? prime - 1n : residue);
const fingerprint = (prime: bigint, residue: bigint): bigint =>
  !PRIMES.includes(prime) ? nonZero(prime, residue) : [...subgroup(prime)][Number(residue) % subgroup(prime).size] ?? 1n;
const strong = (seed: string, bits: number): Buffer => modulus(seed, bits, nonZero);
const N = strong('a good modulus', 2048);

describe('bitLength', () => {
  it.each([
    [[1], 1], [[0x7f], 7], [[0x80], 8], [[0xff], 8], [[1, 0], 9], [[0x80, 0, 0], 24],
  ])('of %o is %i', (magnitude, bits) => {
    expect(bitLength(Uint8Array.from(magnitude))).toBe(bits);
  });
});

describe('rsaWeakness', () => {
  it.each([
    [1024, 'shorter'], [2047, 'shorter'], [2048, undefined], [2049, undefined], [4096, undefined], [8192, undefined],
    [8193, 'longer'], [16_384, 'longer'],
  ])('of a modulus of %i bits: %s (RFC 7518 §3.3)', (bits, weakness) => {
    const n = strong(`n ${bits}`, bits);
    expect(bitLength(n)).toBe(bits);
    const limit = weakness === 'shorter' ? 2048 : 8192;
    expect(rsaWeakness(n, F4)).toBe(weakness && `the RSA modulus is ${weakness} than ${limit} bits`);
  });

  it.each([
    [1n, 'smaller than 65537'], [3n, 'smaller than 65537'], [65_535n, 'smaller than 65537'],
    [65_536n, 'smaller than 65537'],
    [65_537n, undefined], [65_538n, 'even'], [65_539n, undefined], [2n ** 32n - 2n, 'even'],
    [2n ** 32n - 1n, undefined],
    [2n ** 32n, '2^32 or larger'], [2n ** 32n + 1n, '2^32 or larger'], [2n ** 256n + 1n, '2^32 or larger'],
  ])('of the exponent %i: %s (FIPS 186-5 §5.4)', (e, weakness) => {
    expect(rsaWeakness(N, fromBigInt(e))).toBe(weakness && `the RSA exponent is ${weakness}`);
  });

  it('refuses an even modulus', () => {
    const even = Buffer.from(N);
    even[255] = (even[255] ?? 0) & 0xfe;
    expect(rsaWeakness(even, F4)).toBe('the RSA modulus is even');
  });

  it('knows the small primes, and the powers of 65537 modulo those of ROCA', () => {
    expect([SMALL.length, SMALL[0], SMALL.at(-1)]).toEqual([38, 3n, 167n]);
    const { primes, product, subgroups } = makeSieve();
    expect([primes, product]).toEqual([SMALL, PRODUCT]);
    const powers = PRIMES.map((prime) => ({ prime, powers: new Set([...subgroup(prime)].map(Number)) }));
    expect(subgroups).toEqual(powers);
  });

  it.each(SMALL)('refuses a modulus with the factor %i', (factor) => {
    const n = modulus(`factor ${factor}`, 2048, (prime, residue) => (prime === factor ? 0n : nonZero(prime, residue)));
    expect(rsaWeakness(n, F4)).toBe('the RSA modulus has a small factor');
  });

  it.each([2048, 3072, 4096])('refuses the fingerprint of ROCA in %i bits (CVE-2017-15361)', (bits) => {
    for (let i = 0; i < 5; i++) {
      const weakness = rsaWeakness(modulus(`roca ${bits} ${i}`, bits, fingerprint), F4);
      expect(weakness).toBe('the RSA modulus has the fingerprint of ROCA (CVE-2017-15361)');
    }
  });

  it('refuses a modulus made as the faulty generator made it: primes k * M + (65537^a mod M)', () => {
    const power = (a: bigint): bigint =>
      Array.from({ length: Number(a) }).reduce<bigint>((r) => (r * 65537n) % PRODUCT, 1n);
    const odd = (n: bigint): bigint => (n % 2n === 0n ? n + PRODUCT : n);
    const p = odd((1n << 1023n) / PRODUCT * PRODUCT + PRODUCT + power(1001n));
    const q = odd((1n << 1024n) / PRODUCT * PRODUCT + power(77n));
    expect(rsaWeakness(fromBigInt(p * q), F4)).toContain('ROCA');
  });

  // Each of the 17 primes counts: with one residue outside its subgroup, the modulus is not of that generator.
  it.each(PRIMES)('passes a modulus with the fingerprint for all the primes but %i', (other) => {
    const outside = Array.from({ length: Number(other) }, (_, i) => BigInt(i)).find(
      (r) => r > 0n && !subgroup(other).has(r),
    );
    const n = modulus(
      `near ${other}`, 2048, (prime, residue) => (prime === other ? (outside ?? 0n) : fingerprint(prime, residue)),
    );
    expect(rsaWeakness(n, F4)).toBeUndefined();
  });

  it('passes real keys, and random moduli', () => {
    for (const { jwk } of [RSA_1, RSA_2]) expect(
      rsaWeakness(Buffer.from(jwk.n ?? '', 'base64url'), F4),
    ).toBeUndefined();
    for (let i = 0; i < 200; i++) expect(rsaWeakness(strong(`random ${i}`, 2048 + i), F4)).toBeUndefined();
  });
});

const P = 2n ** 255n - 19n;
/** y of two points of order eight; the other two have -y. */
const Y8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const SMALL_ORDER = [0n, 1n, P - 1n, Y8, P - Y8];

/** The encoding of RFC 8032 §5.1.2: y little-endian, with the sign of x in the highest bit. */
const point = (y: bigint, sign: number): Buffer => fromBigInt(y | (BigInt(sign) << 255n), 32).reverse();
const signed = (ys: readonly bigint[]): [bigint, number][] => ys.flatMap((y) => [[y, 0], [y, 1]] as [bigint, number][]);

const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const mod = (a: bigint): bigint => ((a % P) + P) % P;

function powMod(base: bigint, exponent: bigint): bigint {
  if (exponent === 0n) return 1n;
  const half = powMod(mod(base * base), exponent / 2n);
  return exponent % 2n === 1n ? mod(half * base) : half;
}

/** Both points of a y (RFC 8032 §5.1.3). */
function pointsOf(y: bigint): [x: bigint, y: bigint][] {
  const square = mod((y * y - 1n) * powMod(mod(D * y * y + 1n), P - 2n));
  const root = powMod(square, (P + 3n) / 8n);
  const x = mod(root * root) === square ? root : mod(root * powMod(2n, (P - 1n) / 4n));
  expect(mod(x * x)).toBe(square);
  return [[x, y], [mod(-x), y]];
}

/** The sum of a point and itself, on the curve -x^2 + y^2 = 1 + d x^2 y^2. */
function double([x, y]: [x: bigint, y: bigint]): [x: bigint, y: bigint] {
  const t = mod(D * x * x * y * y);
  return [mod(2n * x * y * powMod(mod(1n + t), P - 2n)), mod((y * y + x * x) * powMod(mod(1n - t), P - 2n))];
}

describe('ed25519Weakness (RFC 8032 §5.1.3)', () => {
  it.each(signed(SMALL_ORDER))('refuses the point of small order y = %i, sign %i', (y, sign) => {
    expect(ed25519Weakness(point(y, sign))).toBe('the Ed25519 key is a point of small order');
  });

  // Eight times such a point is the identity, (0, 1): nothing of the message is left in what is compared.
  it.each(SMALL_ORDER)('is right about the order of y = %i, which divides eight', (y) => {
    for (const start of pointsOf(y)) expect(double(double(double(start)))).toEqual([0n, 1n]);
  });

  it('would be wrong about that of the base point, y = 4/5', () => {
    const y = mod(4n * powMod(5n, P - 2n));
    for (const start of pointsOf(y)) expect(double(double(double(start)))).not.toEqual([0n, 1n]);
    expect(ed25519Weakness(point(y, 0))).toBeUndefined();
  });

  it.each(
    signed(Array.from({ length: 19 }, (_, i) => P + BigInt(i))),
  )('refuses y = %i, sign %i, which is p or more', (y, sign) => {
    expect(ed25519Weakness(point(y, sign))).toBe('the Ed25519 key is not a canonical encoding');
  });

  it.each(signed([2n, 7n, 8n]))('refuses y = %i, sign %i, for which the curve has no point', (y, sign) => {
    expect(ed25519Weakness(point(y, sign))).toBe('the Ed25519 key is not a point of the curve');
  });

  it.each(signed([3n, 4n, 5n, 6n]))('passes y = %i, sign %i, which is on the curve', (y, sign) => {
    expect(ed25519Weakness(point(y, sign))).toBeUndefined();
  });

  it('passes real keys of either sign', () => {
    const keys = [ED_1, ED_2].map(({ jwk }) => Buffer.from(jwk.x ?? '', 'base64url'));
    for (const key of keys) {
      expect(ed25519Weakness(key)).toBeUndefined();
      const mirrored = Buffer.from(key);
      mirrored[31] = (mirrored[31] ?? 0) ^ 0x80;
      expect(ed25519Weakness(mirrored)).toBeUndefined();
    }
  });

  it('finds about half of all encodings to be points', () => {
    const passing = Array.from({ length: 200 }, (_, i) => octets(`point ${i}`, 32)).filter(
      (x) => ed25519Weakness(x) === undefined,
    );
    expect(passing.length).toBeGreaterThan(70);
    expect(passing.length).toBeLessThan(130);
  });
});
