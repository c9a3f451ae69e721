/**
 * Exit statuses of the command.
 *
 * @module
 */

/** What each exit status means. Scripts rely on them: only 0 is a token to be believed. */
export const EXIT = {
  /** The token was accepted, or what was asked for was done. */
  accepted: 0,
  /** The token, or what else was to be judged, was refused. */
  refused: 1,
  /** The command was called wrongly: its options, or the files they name. Nothing was judged. */
  usage: 2,
  /** No verdict was possible: the issuer's keys could not be had, or the command itself failed. */
  undecided: 3,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
