/**
 * Which public keys are too weak, or too strange, to rely on (RFC 7518 §3.3, RFC 8017 §3.1, RFC 8032 §5.1.3).
 *
 * @module
 */

/** RFC 7518 §3.3 asks for 2048 bits; more than 8192 only makes a verifier slow. */
const MIN_MODULUS_BITS = 2048;
const MAX_MODULUS_BITS = 8192;

/** Small exponents forgive faults in padding checks that large ones do not. FIPS 186-5 appendix A.1.1: odd, and more than 2^16. */
const MIN_EXPONENT = 65_537;
const MAX_EXPONENT = 2 ** 32 - 1;

/**
 * The primes by which CVE-2017-15361 (ROCA) is recognised.
 *
 * The faulty key generator made primes of the form k * M + (65537^a mod M), M being a product of small primes. Modulo
 * each of those, every such n = p * q is a power of 65537; of random moduli, fewer than one in 2^27 is, for all of them.
 */
const ROCA_PRIMES = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

/** What an RSA modulus is held against. */
export interface Sieve {
  /** The odd primes up to 167. A modulus that one of them divides is no product of two large primes. */
  readonly primes: readonly bigint[];
  readonly product: bigint;
  /** The primes of ROCA, each with the subgroup that 65537 generates. */
  readonly subgroups: readonly { readonly prime: bigint; readonly powers: ReadonlySet<number> }[];
}

/** Made for the first RSA key: at import it would take 0.1 ms of the 8 that importing the package may (measured). */
let sieve: Sieve | undefined;

/** What {@link rsaWeakness} makes once. */
export function makeSieve(): Sieve {
  const primes = [...Array(167).keys()].map((i) => i + 1).filter((n) => n > 2 && isPrime(n)).map(BigInt);
  const product = primes.reduce((all, prime) => all * prime, 1n);
  const subgroups = ROCA_PRIMES.map((prime) => {
    const powers = new Set<number>();
    for (let power = 1; !powers.has(power); power = (power * MIN_EXPONENT) % prime) powers.add(power);
    return { prime: BigInt(prime), powers };
  });
  return { primes, product, subgroups };
}

/**
 * Says what is wrong with an RSA public key, or undefined if nothing is known to be.
 *
 * @param n the modulus, big-endian, without leading zeros
 * @param e the exponent, likewise
 */
export function rsaWeakness(n: Uint8Array, e: Uint8Array): string | undefined {
  const bits = bitLength(n);
  if (bits < MIN_MODULUS_BITS) return `the RSA modulus is shorter than ${MIN_MODULUS_BITS} bits`;
  if (bits > MAX_MODULUS_BITS) return `the RSA modulus is longer than ${MAX_MODULUS_BITS} bits`;
  const exponent = e.length > 4 ? Infinity : Number(bigEndian(e));
  if (exponent < MIN_EXPONENT) return `the RSA exponent is smaller than ${MIN_EXPONENT}`;
  if (exponent > MAX_EXPONENT) return 'the RSA exponent is 2^32 or larger';
  if (exponent % 2 === 0) return 'the RSA exponent is even';

  const modulus = bigEndian(n);
  if (modulus % 2n === 0n) return 'the RSA modulus is even';
  sieve ??= makeSieve();
  const rest = modulus % sieve.product;
  if (sieve.primes.some((prime) => rest % prime === 0n)) return 'the RSA modulus has a small factor';
  if (sieve.subgroups.every(({ prime, powers }) => powers.has(Number(rest % prime)))) {
    return 'the RSA modulus has the fingerprint of ROCA (CVE-2017-15361)';
  }
  return undefined;
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}

/** Length in bits of a positive big-endian magnitude without leading zeros. */
export function bitLength(magnitude: Uint8Array): number {
  return magnitude.length * 8 - (Math.clz32(Number(magnitude[0])) - 24);
}

/** The prime of edwards25519 and its constant d (RFC 8032 §5.1). */
const P25519 = 2n ** 255n - 19n;
const D25519 = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/** y of the points whose order divides 8, the cofactor. Under such a key, some signature holds for every message. */
const Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([0n, 1n, P25519 - 1n, Y8, P25519 - Y8]);

/**
 * Says what is wrong with an Ed25519 public key, or undefined if nothing is known to be.
 *
 * node:crypto takes any 32 octets for a key, and some versions of it verify with a point of small order what anybody can write down.
 *
 * @param x 32 octets: y little-endian, and in the highest bit the sign of x (RFC 8032 §5.1.2)
 */
export function ed25519Weakness(x: Uint8Array): string | undefined {
  const littleEndian = bigEndian(Uint8Array.from(x).reverse());
  const y = littleEndian & (2n ** 255n - 1n);
  if (y >= P25519) return 'the Ed25519 key is not a canonical encoding';
  if (SMALL_ORDER_Y.has(y)) return 'the Ed25519 key is a point of small order';
  // RFC 8032 §5.1.3: x^2 = (y^2 - 1) / (d y^2 + 1). A quotient is a square when the product is: Euler's criterion.
  const u = (y * y - 1n) % P25519;
  const v = (D25519 * y * y + 1n) % P25519;
  if (power((u * v) % P25519, (P25519 - 1n) / 2n) !== 1n) return 'the Ed25519 key is not a point of the curve';
  return undefined;
}

/** base^exponent modulo the prime of edwards25519, by squaring. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % P25519;
    square = (square * square) % P25519;
  }
  return result;
}

function bigEndian(magnitude: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(magnitude).toString('hex')}`);
}
