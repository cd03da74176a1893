/**
 * A process that uses the embedded server, for the tests: `embedded-member.ts '<options of acquire as JSON>'`.
 * It joins, writes one line of JSON, and then does what each line of its input says; it writes a line after each.
 */
import { createInterface } from 'node:readline';
import { acquireEmbeddedServer } from '../../../src/database/embedded/server.ts';

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

try {
  const server = await acquireEmbeddedServer(JSON.parse(process.argv[2] ?? '{}'));
  say({ pid: server.pid(), connection: server.connection });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'ensure') await server.ensureRunning();
    if (line === 'release') await server.release();
    say({ pid: server.pid() });
    if (line === 'release') break;
  }
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  say({ code, message });
  process.exitCode = 1;
}
