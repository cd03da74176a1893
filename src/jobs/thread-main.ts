/** What runs in the worker's thread; see thread.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '../database/connect.ts';
import { AppError } from '../platform/errors.ts';
import { collectStartup } from '../platform/garbage.ts';
import { openJobs } from './jobs.ts';
import type { FromThread, ThreadData, ToThread } from './thread.ts';

const port = parentPort;
if (port === null) throw new Error('This file is for a thread.');

const { kind, logins } = workerData as ThreadData;
const asked = new Map<number, (failure?: string) => void>();
let number = 0;

/** The process that holds the private server starts it again. */
function restart(): Promise<void> {
  number += 1;
  const question: FromThread = { asks: 'restore', number };
  return new Promise((resolve, reject) => {
    asked.set(question.number, (failure) => {
      if (failure === undefined) resolve();
      else reject(new AppError('database.unreachable', failure));
    });
    port?.postMessage(question);
  });
}

const database = openDatabase(kind, logins, {
  makeLogins: async () => {},
  restart,
  leave: async () => {},
});
const jobs = await openJobs(database);

port.on('message', (message: ToThread) => {
  if (message.tells === 'stop') {
    void jobs.stop();
    return;
  }
  asked.get(message.number)?.(message.failure);
  asked.delete(message.number);
});

collectStartup();
await jobs.work();
await jobs.stop();
await database.close({ abandon: true });
port.close();
