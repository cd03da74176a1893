/**
 * A server of the S3 protocol, run as a process of its own: `s3-server.ts FOLDER [PORT]` keeps one bucket, `files`, in
 * the folder, and prints its port.
 */
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Context {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  status: number;
}

interface Server {
  readonly middleware: ((context: Context, next: () => Promise<void>) => Promise<void>)[];
  readonly store: { getResourcePath(bucket: string, key: undefined, resource: string): string };
  run(): Promise<{ port: number }>;
}

const S3rver = createRequire(import.meta.url)('s3rver') as new (options: object) => Server;

const server = new S3rver({
  address: '127.0.0.1',
  port: Number(process.argv[3] ?? 0),
  silent: true,
  directory: process.argv[2],
  configureBuckets: [{ name: 'files' }],
});
// It does not know AbortMultipartUpload.
server.middleware.unshift(async (context, next) => {
  const { uploadId } = context.query;
  if (context.method !== 'DELETE' || uploadId === undefined) return next();
  await rm(join(server.store.getResourcePath('files', undefined, 'uploads'), uploadId), { recursive: true });
  context.status = 204;
});
const { port } = await server.run();
console.log(port);
