/** What a person asks of an import: another mapping, a check, the commit, taking it back, stopping. Each is a noun. */
import { z } from 'zod';
import { cancelRun } from '../../import/cancel.ts';
import { mappingSchema } from '../../import/mapping/mapping.ts';
import { putMappingSchema, readPutMapping } from '../../import/mapping/new-fields.ts';
import { approve, askCheck, askCommit, putMapping } from '../../import/review.ts';
import { beginUndo } from '../../import/undo/undo.ts';
import { AppError } from '../../platform/errors.ts';
import { assertMay } from '../access.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { accepted, answerRun, askedOf, named, reachRun } from './import-call.ts';
import { importSchema, yesOrNo } from './import-schemas.ts';

const getMapping = defineRoute({
  method: 'GET',
  path: '/imports/{id}/mapping',
  name: 'imports.mapping',
  summary: 'Which column feeds which field, and why',
  scope: 'tenant',
  permission: 'import on any dataset',
  params: named,
  answers: { 200: mappingSchema },
  handler: async (call) => {
    const { mapping, state } = await reachRun(call);
    if (mapping === null) throw new AppError('import.move', `The import is ${state}; it has no mapping yet.`);
    return { status: 200, body: mapping };
  },
});

const replaceMapping = defineRoute({
  method: 'PUT',
  path: '/imports/{id}/mapping',
  name: 'imports.replaceMapping',
  summary: 'Map the columns otherwise; the check is then made anew when it is asked for',
  scope: 'tenant',
  permission: 'import on any dataset',
  params: named,
  description:
    'A column without a field may become one of your own with `new_field`, which needs the permission `settings:write`; it stays when the import is taken back.',
  body: { json: putMappingSchema },
  answers: { 200: importSchema },
  handler: async (call) => {
    const run = await reachRun(call);
    const put = readPutMapping(call.json);
    if (put.newFields.length > 0) assertMay(call.caller, 'settings:write');
    return answerRun(call, await putMapping(call.services.database, askedOf(call, run), put));
  },
});

const check = defineRoute({
  method: 'PUT',
  path: '/imports/{id}/check',
  name: 'imports.check',
  summary: 'Check the whole file; nothing is written',
  scope: 'tenant',
  permission: 'import on any dataset',
  params: named,
  answers: { 202: importSchema },
  handler: async (call) => {
    const asked = askedOf(call, await reachRun(call));
    return accepted(call, await askCheck(call.services.database, asked));
  },
});

const commit = defineRoute({
  method: 'PUT',
  path: '/imports/{id}/commit',
  name: 'imports.commit',
  summary: 'Write what was checked',
  scope: 'tenant',
  permission: 'import on any dataset',
  params: named,
  answers: { 202: importSchema },
  handler: async (call) => {
    const asked = askedOf(call, await reachRun(call));
    return accepted(call, await askCommit(call.services.database, asked));
  },
});

const undo = defineRoute({
  method: 'DELETE',
  path: '/imports/{id}/commit',
  name: 'imports.undo',
  summary: 'Take a commit back: what it created goes, what it changed gets its earlier value',
  scope: 'tenant',
  permission: 'import on any dataset',
  params: named,
  query: z.strictObject({
    force: yesOrNo
      .default(false)
      .describe('What somebody changed since is undone as well, and not left alone'),
  }),
  answers: { 202: importSchema },
  handler: async (call) => {
    const run = await reachRun(call);
    await beginUndo(call.services.database, run.tenantId, run.id, call.caller.id, call.query);
    return accepted(call, await reachRun(call));
  },
});

const cancel = defineRoute({
  method: 'PUT',
  path: '/imports/{id}/cancellation',
  name: 'imports.cancel',
  summary: 'Stop; a run that is writing stops after the running chunk, and what it wrote can be undone',
  scope: 'tenant',
  permission: 'import on any dataset',
  params: named,
  answers: { 202: importSchema },
  handler: async (call) => {
    const run = await reachRun(call);
    await cancelRun(call.services.database, run.tenantId, run.id, call.caller.id);
    return accepted(call, await reachRun(call));
  },
});

const approval = defineRoute({
  method: 'PUT',
  path: '/imports/{id}/approval',
  name: 'imports.approve',
  summary: 'Let an import go on that a guard rail of the tenant holds',
  scope: 'tenant',
  permission: 'import on any dataset',
  params: named,
  answers: { 202: importSchema },
  handler: async (call) => {
    const asked = askedOf(call, await reachRun(call));
    const { approval: second } = call.tenant.settings.guardRails;
    return accepted(call, await approve(call.services.database, asked, { second }));
  },
});

export const importStepRoutes: readonly Route[] = [
  getMapping,
  replaceMapping,
  check,
  commit,
  undo,
  cancel,
  approval,
];
