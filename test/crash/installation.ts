/**
 * A data folder with the private server in it, and states of its database that are kept as copies: each round begins
 * with the very same bytes.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { connect, type Database } from '../../src/database/connect.ts';
import { markOf } from '../../src/database/embedded/postmaster.ts';
import { type ProcessSeen, seeProcesses } from '../../src/database/embedded/processes.ts';
import { acquireEmbeddedServer, type EmbeddedServer } from '../../src/database/embedded/server.ts';
import { appLogin, databaseName, loaderLogin, ownerLogin } from '../../src/database/logins.ts';

export class Installation {
  readonly folder: string;
  private readonly server: EmbeddedServer;

  private constructor(folder: string, server: EmbeddedServer) {
    this.folder = folder;
    this.server = server;
  }

  /** Joins the server, so that it is there between the rounds as well. */
  static async open(): Promise<Installation> {
    const folder = mkdtempSync(join(tmpdir(), 'clientele-crash-'));
    chmodSync(folder, 0o711);
    return new Installation(folder, await acquireEmbeddedServer({ dataFolder: folder }));
  }

  /** The environment of the program here. @param limits by their variables. */
  environment(limits: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const { DATABASE_URL: _, ...own } = process.env;
    return { ...own, ...limits, CLIENTELE_DATA: this.folder };
  }

  /** Keeps the program's database as it is now. Nobody may be connected to it. */
  async keep(name: string): Promise<void> {
    await this.asSuperuser(databaseName, (client) => client.query('vacuum (analyze)'));
    await this.asSuperuser('postgres', (client) => copy(client, databaseName, keptName(name)));
  }

  /** Puts the program's database back to what was kept, whoever is connected to it. Files of its runs are removed. */
  async putBack(name: string): Promise<void> {
    await this.bringUp();
    rmSync(join(this.folder, 'files'), { recursive: true, force: true });
    await this.asSuperuser('postgres', async (client) => {
      await client.query(`drop database ${databaseName} with (force)`);
      await copy(client, keptName(name), databaseName);
      // What is granted on a database is not copied with it.
      await client.query(`revoke all on database ${databaseName} from public`);
      await client.query(`grant connect on database ${databaseName} to ${appLogin}, ${loaderLogin}`);
    });
  }

  /** As a superuser, whom row security does not hold; the program never is one. */
  async asSuperuser<T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ ...this.server.connection, database });
    client.on('error', () => {});
    try {
      await client.connect();
      return await work(client);
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** As the program sees it; a server that died is started. */
  async asProgram<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const database = await connect({ dataFolder: this.folder, databaseUrl: null });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }

  /** Starts the server if it died. */
  bringUp(): Promise<void> {
    return this.server.ensureRunning();
  }

  postmaster(): number | undefined {
    return this.server.pid();
  }

  /** The postmaster and everything it started. */
  serverProcesses(): ProcessSeen[] {
    const mark = markOf(join(this.folder, 'postgres', 'cluster'));
    return seeProcesses().filter(({ command }) => command.includes(mark));
  }

  /** At once, without asking anybody. */
  destroy(): void {
    for (const { pid } of this.serverProcesses()) process.kill(pid, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** @param keepFolder for whoever wants to see what went wrong. */
  async close({ keepFolder }: { readonly keepFolder: boolean }): Promise<void> {
    await this.server.release();
    if (!keepFolder) rmSync(this.folder, { recursive: true, force: true });
  }
}

function keptName(name: string): string {
  return `kept_${name}`;
}

async function copy(client: pg.Client, from: string, to: string): Promise<void> {
  await client.query(`create database ${to} template ${from} owner ${ownerLogin} strategy file_copy`);
}
