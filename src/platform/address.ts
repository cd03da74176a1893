/** Where people reach the program: the beginning of every link that leaves it. */
import { configuration } from './config.ts';

/** @returns an address without a slash at the end. */
export function publicUrl(): string {
  const { host, port, url } = configuration();
  return url ?? `http://${host.includes(':') ? `[${host}]` : nameOf(host)}:${port}`;
}

/** A browser finds the program under a name too, and sends cookies by it. */
function nameOf(host: string): string {
  return ['127.0.0.1', '0.0.0.0', '::'].includes(host) ? 'localhost' : host;
}
