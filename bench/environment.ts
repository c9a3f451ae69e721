/**
 * Where and when the figures were measured.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly system: string;
  readonly node: string;
  readonly openssl: string;
  readonly date: string;
  readonly commit: string;
  /** Processes wanting to run, averaged over the minute before: above the number of cores, the machine was busy. */
  readonly load: number;
}

export function readEnvironment(date: string): Environment {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release()}`,
    node: process.versions.node,
    openssl: process.versions.openssl,
    date,
    commit: readCommit(),
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** The commit, with a plus sign where the tree differs from it. */
function readCommit(): string {
  const git = (...parameters: string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', parameters, {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      encoding: 'utf8',
    });
    return status === 0 ? stdout.trim() : undefined;
  };
  const commit = git('rev-parse', '--short', 'HEAD');
  if (commit === undefined) return 'unknown';
  return git('status', '--porcelain', '--', 'src') === '' ? commit : `${commit}+`;
}

export function environmentLine({
  cpu,
  cores,
  memory,
  system,
  node,
  openssl,
  date,
  commit,
  load,
}: Environment): string {
  const machine = `${cpu}, ${cores} cores, ${memory}, ${system}`;
  return `${machine}; Node ${node}, OpenSSL ${openssl}; ${date}, commit ${commit}; load ${load}`;
}
