/**
 * The URLs that keys may be fetched from: https, and by an explicit option http to this very machine.
 *
 * @module
 */

/** A literal address of this machine. A name, even "localhost", is whatever a resolver says it is. */
const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/**
 * Checks a URL to fetch keys from.
 *
 * @param allowLoopbackHttp lets http through to 127.0.0.0/8 and [::1], for tests and for a proxy on this machine.
 * @throws {TypeError} for anything but an absolute https URL, or one with credentials or a fragment.
 */
export function expectKeyUrl(url: unknown, what: string, allowLoopbackHttp: boolean): string {
  const text = typeof url === 'string' || url instanceof URL ? String(url) : '';
  if (!URL.canParse(text)) throw new TypeError(`"${what}" expected an absolute URL`);
  const parsed = new URL(text);
  if (parsed.username !== '' || parsed.password !== '') throw new TypeError(`"${what}" must not hold credentials`);
  if (parsed.href.includes('#')) throw new TypeError(`"${what}" must not have a fragment`);
  // The parser has made 127.1 and 0x7f.1 into 127.0.0.1, so this sees what will be connected to.
  const loopback = parsed.protocol === 'http:' && allowLoopbackHttp && LOOPBACK.test(parsed.hostname);
  if (parsed.protocol !== 'https:' && !loopback) {
    throw new TypeError(`"${what}" expected https, or with allowLoopbackHttp http to a literal loopback address`);
  }
  return parsed.href;
}
