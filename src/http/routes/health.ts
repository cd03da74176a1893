/** Is the process alive, and can it work? For whoever watches over it. */
import { z } from 'zod';
import { migrationState } from '../../database/migrate.ts';
import { AppError } from '../../platform/errors.ts';
import { defineRoute, type Route } from '../define-route.ts';

const health = defineRoute({
  method: 'GET',
  path: '/health',
  isAtRoot: true,
  name: 'health.alive',
  summary: 'The process answers',
  scope: 'open',
  answers: { 200: z.object({ status: z.literal('ok') }) },
  handler: async () => ({ status: 200, body: { status: 'ok' } }),
});

const ready = defineRoute({
  method: 'GET',
  path: '/ready',
  isAtRoot: true,
  name: 'health.ready',
  summary: 'The database answers and is migrated: calls can be sent here',
  scope: 'open',
  answers: { 200: z.object({ status: z.literal('ready') }) },
  handler: async ({ services }) => {
    const { pending, changed } = await migrationState(services.database);
    if (pending.length + changed.length > 0)
      throw new AppError('database.outdated', 'The database is not migrated: run "clientele migrate".');
    return { status: 200, body: { status: 'ready' } };
  },
});

export const healthRoutes: readonly Route[] = [health, ready];
