/**
 * The service behind a gateway under load, in a process of its own: it answers each request with whom it was told of.
 *
 * Written on sockets, so that it costs little beside the gateway. The first line on standard output is its address. It
 * ends when its standard input does.
 *
 * @module
 */

import { createServer, type AddressInfo } from 'node:net';

/** The header that tells of the user; set by `--claim-header sub=X-Auth-Subject`, or by a client that lies. */
const SUBJECT = /\r\nx-auth-subject: ([^\r\n]*)/gi;

/** Says whom a request is from: the values of all X-Auth-Subject fields, or `nobody`. */
function answerTo(head: string): string {
  const subjects = [...head.matchAll(SUBJECT)].map(([, value = '']) => value);
  const body = subjects.length === 0 ? 'nobody' : subjects.join('\n');
  return `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

const server = createServer({ noDelay: true }, (socket) => {
  let kept = '';
  socket.setEncoding('latin1');
  socket.on('error', () => socket.destroy());
  socket.on('data', (text: string) => {
    kept += text;
    // Requests have no content here.
    for (let end = kept.indexOf('\r\n\r\n'); end !== -1; end = kept.indexOf('\r\n\r\n')) {
      const head = kept.slice(0, end);
      kept = kept.slice(end + 4);
      socket.write(answerTo(head), 'latin1');
    }
  });
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume().once('end', () => process.exit(0));
