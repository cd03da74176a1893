/** The few pages that links in mails and on the terminal lead to. They call the same API as everybody. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const addresses = ['/', '/setup', '/invitation', '/sign-in', '/forgot-password', '/reset-password'];

const files = {
  '/account.css': 'text/css; charset=utf-8',
  '/account.js': 'text/javascript; charset=utf-8',
} as const;

export async function registerPages(server: FastifyInstance): Promise<void> {
  const page = await read('account.html');
  for (const address of addresses) {
    server.get(address, async (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  }
  for (const [address, type] of Object.entries(files)) {
    const bytes = await read(address.slice(1));
    server.get(address, async (_request, reply) => reply.type(type).send(bytes));
  }
}

function read(name: string): Promise<Buffer> {
  return readFile(join(import.meta.dirname, 'pages', name));
}
