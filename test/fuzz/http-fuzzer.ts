/**
 * One exchange of octets after another, with a gateway and a forward-auth server that stand, and what must hold of each.
 *
 * @module
 */

import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from './random.ts';
import { FORGED, nextExchange, type Exchange, type Tokens } from './request.ts';

/** A request as the service behind the gateway was sent it. */
export interface Passed {
  readonly method: string;
  readonly url: string;
  /** A flat list of names and values. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** What is asked. */
export interface Target {
  readonly name: 'gateway' | 'forward-auth';
  readonly url: string;
}

/** What stands. */
export interface Standing {
  readonly tokens: Tokens;
  readonly targets: readonly Target[];
  /** Hands over what the service was sent since the last time. */
  readonly takePassed: () => readonly Passed[];
}

/** What came of one exchange. */
export interface HttpOutcome {
  readonly target: Target['name'];
  readonly exchange: Exchange;
  readonly statuses: readonly number[];
  readonly problem?: string;
}

/** How long the other side may take, at most, to answer or to close. Milliseconds: its own limits are shorter. */
const PATIENCE = 15_000;

/** How long nothing comes before what is incomplete is given up, and what is whole has had all its answers. Milliseconds. */
const QUIET = 30;

/** Exchanges without end, the same for the same seed. */
export async function* fuzzHttp(seed: number, standing: Standing): AsyncGenerator<HttpOutcome, never> {
  const random = createRandom(seed);
  let [text, textBefore] = ['', ''];
  // On a busy machine, what was on its way when its client was gone comes late: it is of the exchange before.
  const isLate = ({ url }: Passed): boolean => !text.includes(` ${url} `) && textBefore.includes(` ${url} `);
  const takePassed = (): readonly Passed[] => standing.takePassed().filter((passed) => !isLate(passed));
  for (;;) {
    const target = random.pick(standing.targets);
    const exchange = nextExchange(random, standing.tokens);
    [text, textBefore] = [exchange.pieces.join(''), text];
    yield judgeExchange(target, exchange, { ...standing, takePassed });
  }
}

/** Makes one exchange, and judges it. */
export async function judgeExchange(target: Target, exchange: Exchange, { tokens, takePassed }: Standing): Promise<HttpOutcome> {
  takePassed();
  const { received, outcome } = await send(target.url, exchange);
  // What was on its way to the service when its client was gone is of this exchange, and not of the next.
  await wait(exchange.statuses === undefined ? 5 : 0);
  const statuses = statusesIn(received);
  const problem = outcome === 'refused' ? 'no connection' : outcome === 'late' ? 'neither an answer nor an end'
    : target.name === 'gateway' ? objectionToGateway(exchange, statuses, received, takePassed(), tokens) : objectionToAuth(exchange, statuses, received);
  return { target: target.name, exchange, statuses, ...(problem === undefined ? {} : { problem }) };
}

interface Conversation {
  readonly received: string;
  /** How it ended: by the other side, by silence after all answers, by a time that is over, or never begun. */
  readonly outcome: 'ended' | 'quiet' | 'late' | 'refused';
}

/**
 * Writes the pieces, and ends our side when nothing comes any more: then a request that is not whole can never become so.
 * So the connection ends by itself, if the other side does what it must.
 */
function send(url: string, { pieces, statuses: expected }: Exchange): Promise<Conversation> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(Number(port), hostname);
    const finish = (outcome: Conversation['outcome']): void => {
      clearTimeout(patience);
      clearTimeout(endSoon);
      resolve({ received, outcome });
      socket.destroy();
    };
    const patience = setTimeout(() => finish('late'), PATIENCE);
    const endSoon = setTimeout(() => void (expected === undefined && socket.end()), QUIET);
    socket.setEncoding('latin1').setNoDelay(true);
    socket.on('data', (text) => {
      received += String(text);
      if (expected === undefined) endSoon.refresh();
      else if (statusesIn(received).length >= expected.length) setTimeout(() => finish('quiet'), QUIET);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code === 'ECONNREFUSED' ? 'refused' : 'ended'));
    socket.on('close', () => finish('ended'));
    socket.on('connect', () => {
      const [first = '', ...others] = pieces;
      socket.write(first, 'latin1');
      setImmediate(() => {
        for (const piece of others) socket.write(piece, 'latin1');
        // A pipeline that is sound stays open: its answers are counted.
        if (expected === undefined) endSoon.refresh();
      });
    });
  });
}

/** The statuses of the answers, but for those that only say "go on". */
function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)).filter((status) => status !== 100);
}

const SECURED = /^\/closed(?:\/[^/]+)?\/?(?:\?|$)/;

function objectionToGateway(exchange: Exchange, statuses: readonly number[], received: string, passed: readonly Passed[], tokens: Tokens): string | undefined {
  for (const one of passed) {
    const problem = objectionToPassed(one, exchange, tokens);
    if (problem !== undefined) return problem;
  }
  const text = exchange.pieces.join('');
  if (exchange.statuses === undefined) {
    // As many requests as were sent, at most: a line of a request can stand only where one begins.
    const lines = text.split(/[\r\n]+/).filter((line) => /HTTP\/\d/i.test(line)).length;
    if (passed.length > lines) return 'the service was sent more requests than there were';
    return objectionToAnswers(statuses, received, [200, 101]);
  }
  if (JSON.stringify(statuses) !== JSON.stringify(exchange.statuses)) return 'sound requests were answered otherwise';
  const answered = statuses.filter((status) => status === 200).length;
  if (passed.length < answered || passed.length > (exchange.passing ?? answered)) return 'the service was not sent what was let pass, and nothing else';
  return objectionToAnswers(statuses, received, [200]);
}

function objectionToPassed({ method, url, rawHeaders, body }: Passed, { hasGoodToken, pieces }: Exchange, { good }: Tokens): string | undefined {
  const text = pieces.join('');
  if (url.includes('smuggled')) return 'a request was smuggled';
  if (!url.startsWith('/') || !text.includes(` ${url} `)) return 'the service was sent a target that nobody wrote';
  if (!/^[A-Z-]+$/.test(method)) return 'the service was sent a method that is none';
  const told = rawHeaders.some((value) => value.includes(FORGED));
  if (told && headerNames(rawHeaders, FORGED).some((name) => /^x-(?:endpoint-api-userinfo|auth-subject)$/.test(name))) return 'a header of ours was forged';
  const user = rawHeaders.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'x-endpoint-api-userinfo');
  if (user && !hasGoodToken) return 'the service was told of a user that nobody has signed for';
  if (SECURED.test(url) && !(hasGoodToken && user && carries(rawHeaders, url, good))) return 'a secured route was reached without a valid token';
  if (!SECURED.test(url) && !/^\/(?:open|optional)\/?(?:\?|$)/.test(url)) return `a path that is not listed was reached: ${url.slice(0, 60)}`;
  return body.length > text.length ? 'the service was sent content that nobody wrote' : undefined;
}

/** The names of the fields whose value says something, with all but letters read as one character. */
const headerNames = (rawHeaders: readonly string[], value: string): string[] =>
  rawHeaders.flatMap((name, at) => (at % 2 === 0 && rawHeaders[at + 1]?.includes(value) === true ? [name.toLowerCase().replace(/[^a-z]/g, '-')] : []));

/** The very token that opens, in a field or the query of the request that went on, whole. */
const carries = (rawHeaders: readonly string[], url: string, good: string): boolean =>
  [...rawHeaders, url].some((text) => text.split(/[ =&;,]/).includes(good));

/** Forward-auth reads the request of nginx out of two fields that these exchanges rarely have: without, all is refused. */
function objectionToAuth({ pieces }: Exchange, statuses: readonly number[], received: string): string | undefined {
  const text = pieces.join('');
  if (statuses.includes(200) && !/x-original-(?:uri|method)/i.test(text)) return 'let pass a request that nobody asked about';
  const other = statuses.find((status) => ![200, 400, 401, 403, 408, 413, 417, 431, 505].includes(status));
  if (other !== undefined) return `answered ${other}`;
  return objectionToAnswers(statuses, received, [200]);
}

function objectionToAnswers(statuses: readonly number[], received: string, fine: readonly number[]): string | undefined {
  if (received !== '' && !/^HTTP\/1\.1 \d{3} /.test(received)) return 'an answer that is none';
  if (received.includes(FORGED) && !statuses.some((status) => fine.includes(status))) return 'a refusal repeats what was sent';
  const odd = statuses.find((status) => ![...fine, 400, 401, 403, 404, 405, 408, 413, 417, 431, 501, 502, 505].includes(status));
  return odd === undefined ? undefined : `answered ${odd}`;
}
