/** The sites whose pages may call us with a cookie: our own, and those that the configuration names. */
import { configuration } from '../platform/config.ts';

const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** On one's own machine, the address that was opened is ours by each of its names. */
export function trustedOrigins(baseUrl: string): string[] {
  const { protocol, hostname, port, origin } = new URL(baseUrl);
  const place = port === '' ? '' : `:${port}`;
  const own = loopbackNames.includes(hostname)
    ? loopbackNames.map((name) => `${protocol}//${name}${place}`)
    : [origin];
  return [...own, ...configuration().origins];
}
