/**
 * A real nginx for a test: all that it writes goes into the test's folder, also where it runs as root.
 *
 * @module
 */

const GLOBALS = 'daemon off; pid nginx.pid; worker_processes 1; error_log stderr warn;';

/** The words that start it. */
export function nginxWords(folder: string, file: string): readonly string[] {
  return ['nginx', '-p', folder, '-c', file, '-e', 'stderr', '-g', GLOBALS];
}

/** A configuration, with what the distribution's build would write elsewhere. */
export function runnableNginx(configuration: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path tmp_${name};`);
  return configuration.replace('http {\n', `http {\n  access_log off;\n${paths.join('\n')}\n`);
}
