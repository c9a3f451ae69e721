/**
 * Leaves the words of messages as they are.
 *
 * A message is for people and may improve; nothing compares it, so a mutant of it tells nothing about the tests.
 * Wording is a literal that has a small letter and a space and does not begin like the name of a section. Codes, rules,
 * and the names of claims, options and algorithms have no space or begin so, and are mutated like everything else.
 *
 * Plain JavaScript, because Stryker loads it by itself.
 *
 * @module
 */

import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

const SECTION = /^(?:RFC|OIDC|FIPS|X\.690|SEC) /;

const isWording = (text) => / /.test(text) && /[a-z]/.test(text) && !SECTION.test(text);

/** The text of a literal; of a template what lies between its expressions. */
function textOf({ node }) {
  if (node.type === 'StringLiteral') return node.value;
  if (node.type === 'TemplateLiteral') return node.quasis.map(({ value }) => value.raw).join('x');
  return '';
}

/** `{ message: '...' }`, without which an error has the words of its code. */
const isMessageAlone = ({ node }) => node.type === 'ObjectExpression' && node.properties.length === 1
  && node.properties[0].type === 'ObjectProperty' && node.properties[0].key.name === 'message';

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'wording', {
    shouldIgnore: (path) => (isWording(textOf(path)) || isMessageAlone(path) ? 'the words of a message' : undefined),
  }),
];
