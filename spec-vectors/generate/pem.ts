/**
 * Keys in their textual encoding (RFC 7468): what may be in one, and how it is written.
 *
 * @module
 */

import { certificatePem } from './certificate.ts';
import { privateKey, publicKey, publicPem } from './keys.ts';
import { signer, strangeRsa } from './sign.ts';
import { NOW, base64url, claims, compact, header, jwt, jwtBy } from './token.ts';
import { jwtGroup, mayRefuse, must, should, valid, type Group, type Test } from './vectors.ts';

const named = (kid: string): string => compact({ alg: 'RS256', kid }, claims(), signer('rsa-1', 'RS256'));

/** Maps of certificates or keys, and single keys. */
export function pemGroup(): Group {
  const [from, to] = [NOW - 1000, NOW + 1000];
  const certificate = { 'rsa-1': certificatePem('rsa-1', from, to) };
  const bad = (comment: string, keys: unknown, level = must): Test => level('key_unusable', comment, jwt(), 'C9',
    { keys });
  const pem = publicPem('rsa-1');
  const privatePem = privateKey('rsa-1').export({ format: 'pem', type: 'pkcs8' }).toString();
  const rsa = publicKey('rsa-1').export({ format: 'der', type: 'spki' }).toString('hex');
  const other = { policy: { algorithms: ['ES256'] } };
  return jwtGroup('Keys in PEM: { kid: certificate or public key }, or one public key.', [
    valid('A certificate, within its dates.', jwt(), 'Control', { keys: certificate }),
    valid('A certificate, in its first second.', jwt(), 'Dates Control',
      { keys: { 'rsa-1': certificatePem('rsa-1', NOW, to) } }),
    valid('A certificate, in its last second.', jwt(), 'Dates Control',
      { keys: { 'rsa-1': certificatePem('rsa-1', from, NOW) } }),
    should('key_unusable', 'A certificate, one second after its last.', jwt(), 'Dates',
      { keys: { 'rsa-1': certificatePem('rsa-1', from, NOW - 1) } }),
    should('key_unusable', 'A certificate, one second before its first.', jwt(), 'Dates',
      { keys: { 'rsa-1': certificatePem('rsa-1', NOW + 1, to) } }),
    should('key_not_found', 'A certificate under another name.', named('rsa-2'), 'C6', { keys: certificate }),
    must('signature_invalid', 'A certificate that has another key.', jwt(), 'C6',
      { keys: { 'rsa-1': certificatePem('rsa-2', from, to) } }),
    should('key_not_found', '"toString" in a map of certificates.', named('toString'), 'C5', { keys: certificate }),
    should('key_not_found', '"__proto__" in a map of certificates.', named('__proto__'), 'C5', { keys: certificate }),
    valid('A certificate whose name is "constructor".', named('constructor'), 'C5 Control',
      { keys: { constructor: certificate['rsa-1'] } }),
    mayRefuse(valid('A map of certificates, one of them unreadable.', jwt(), 'C9 Control',
      { keys: { ...certificate, x: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' } })),
    valid('A map of public keys.', jwt(), 'Control', { keys: { 'rsa-1': pem } }),
    valid('A map of public keys, one of them of ECDSA.', jwtBy('ec-1', 'ES256'), 'Control',
      { keys: { 'rsa-1': pem, 'ec-1': publicPem('ec-1') }, ...other }),
    valid('One public key, which has no name.', jwt(), 'Control', { keys: pem }),
    bad('One private key in PEM.', privatePem, should),
    must('key_unusable', 'One public key of 1024 bits in PEM.', compact(header(), claims(), strangeRsa('rsa-1024')),
      'B7', { keys: publicPem('rsa-1024') }),
    bad('A PEM cut in the middle.', pem.slice(0, 200)),
    bad('A PEM that holds no key.',
      `-----BEGIN PUBLIC KEY-----\n${base64url(Buffer.from('no key at all'))}\n-----END PUBLIC KEY-----\n`),
    bad('A PEM of PKCS #1, whose header says so, and whose key is the right one.',
      publicKey('rsa-1').export({ format: 'pem', type: 'pkcs1' }).toString(), should),
    bad('A public key whose algorithm has an empty OCTET STRING for parameters, and not NULL.',
      spkiPem(rsa.replace(RSA_ALGORITHM, '300d06092a864886f70d0101010400')), should),
    bad('A public key whose algorithm has no parameters.',
      spkiPem(rsa.replace(`30820122${RSA_ALGORITHM}`, '30820120300b06092a864886f70d010101')), should),
    bad('A public key with a length of two octets where one would do, as BER allows.',
      spkiPem(rsa.replace('30820122300d', '3082012330810d')), should),
    should('key_unusable', 'A public key of ECDSA whose point is compressed.', jwtBy('ec-1', 'ES256'), 'C9',
      { keys: spkiPem(`${COMPRESSED_P256}${compressed('ec-1')}`), ...other }),
  ]);
}

/** RFC 3279 §2.3.1: rsaEncryption, whose parameters are NULL. */
const RSA_ALGORITHM = '300d06092a864886f70d0101010500';
/** RFC 5480 §2.2: a point may be given by one coordinate and a sign; SEC 1 §2.3.3 has the octets. */
const COMPRESSED_P256 = '3039301306072a8648ce3d020106082a8648ce3d030107032200';

/** A SubjectPublicKeyInfo of these octets, in hexadecimal. */
function spkiPem(octets: string): string {
  const lines = Buffer.from(octets, 'hex').toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}

function compressed(name: string): string {
  const { x = '', y = '' } = publicKey(name).export({ format: 'jwk' });
  const isOdd = (Buffer.from(y, 'base64url').at(-1) ?? 0) & 1;
  return `0${2 + isOdd}${Buffer.from(x, 'base64url').toString('hex')}`;
}

/** RFC 7468 §3, line by line. Parsers may be laxer than Figure 1 wherever it is not about the base64 itself. */
export function textualGroup(): Group {
  const pem = publicPem('rsa-1');
  const [begin = '', first = '', second = '', ...rest] = pem.trimEnd().split('\n');
  const text = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
  const withSecond = (line: string): string => text(begin, first, line, ...rest);
  const base64 = pem.replace(/-----[A-Z ]+-----|\n/g, '');
  const end = rest.at(-1) ?? '';
  const good = (comment: string, keys: string): Test => valid(comment, jwt(), 'Lines Control', { keys });
  const strict = (comment: string, keys: string): Test => should('key_unusable', comment, jwt(), 'Lines', { keys });
  const wrong = (comment: string, keys: string): Test => must('key_unusable', comment, jwt(), 'Lines', { keys });
  const certificate = certificatePem('rsa-1', NOW - 1000, NOW + 1000);
  return jwtGroup('The lines of a PEM: one text, and one line end behind each line of base64 (RFC 7468 §3).', [
    good('Lines that end with CR LF.', pem.replaceAll('\n', '\r\n')),
    mayRefuse(good('No line end behind the last line.', pem.trimEnd())),
    mayRefuse(good('Empty lines before and after.', `\n\n${pem}\n`)),
    mayRefuse(good('All the base64 in one line.', text(begin, base64, end))),
    mayRefuse(good('Lines of 76 characters.', text(begin, ...(base64.match(/.{1,76}/g) ?? []), end))),
    strict('An empty line between two lines of base64.', text(begin, first, '', second, ...rest)),
    strict('An empty line before the base64.', text(begin, '', first, second, ...rest)),
    strict('An empty line after the base64.', text(begin, first, second, ...rest.slice(0, -1), '', end)),
    should('key_not_found', 'A certificate with an empty line between two lines of base64, alone in its map.', jwt(), 'Lines',
      { keys: { 'rsa-1': certificate.replace(/(?<=\n.{64}\n)/, '\n') } }),
    strict('Lines that end with CR alone.', pem.replaceAll('\n', '\r')),
    strict('A CR in the middle of a line.', withSecond(`${second.slice(0, 8)}\r${second.slice(8)}`)),
    strict('A line that ends with CR CR LF.', withSecond(`${second}\r\r`)),
    strict('A space at the end of a line.', withSecond(`${second} `)),
    strict('A space at the beginning of a line.', withSecond(` ${second}`)),
    strict('A tab in the middle of a line.', withSecond(`${second.slice(0, 8)}\t${second.slice(8)}`)),
    strict('A space behind the line that begins the text.', text(`${begin} `, first, second, ...rest)),
    strict('A space before the line that begins the text.', ` ${pem}`),
    strict('The line that ends the text, behind base64 on the same line.', pem.replace(`\n${end}`, end)),
    strict('A form feed before the key.', `\f\n${pem}`),
    strict('A byte order mark before the key.', `\ufeff${pem}`),
    strict('A line of text after the key.', `${pem}key\n`),
    strict('Two keys in one text.', pem + publicPem('rsa-2')),
    strict('Labels that differ.', pem.replace('END PUBLIC KEY', 'END CERTIFICATE')),
    wrong('A line of a header before the base64.', text(begin, 'Proc-Type: 4,CLEAR', '', first, second, ...rest)),
    wrong('No base64.', text(begin, end)),
    wrong('Padding in the middle.', text(begin, `${base64.slice(0, 62)}==`, base64.slice(62), end)),
    wrong('A line of base64 after the padding.', text(begin, base64.slice(0, -2) + '==', 'AAAA', end)),
    wrong('The alphabet of base64url.', text(begin, base64.replaceAll('+', '-').replaceAll('/', '_'), end)),
    wrong('Four hyphens where there should be five.', pem.replace('-----END', '----END')),
  ]);
}
