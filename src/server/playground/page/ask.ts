/**
 * Questions to the server: JSON by POST, so that no token ever stands in an address.
 *
 * @module
 */

/** The server did not do what it was asked; the message is its own. */
export class Refused extends Error {}

/**
 * Asks, and answers what the server answers.
 *
 * @throws {Refused} with what it says, or that it cannot be reached.
 */
export async function ask<Answer>(path: string, body: object = {}): Promise<Answer> {
  let response: Response;
  try {
    const headers = { 'content-type': 'application/json' };
    response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body), cache: 'no-store' });
  } catch {
    throw new Refused('The playground does not answer: has it been stopped?');
  }
  if (!response.ok) throw new Refused((await response.text()).trim());
  // What our own server says, in the words of wire.ts.
  return (await response.json()) as Answer;
}
