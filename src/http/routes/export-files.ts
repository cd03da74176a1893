/** One export: how far it is, its file, who took it, and the links by which others may. */
import { z } from 'zod';
import { withTenant } from '../../database/with-tenant.ts';
import { bytesOf, type Download, listDownloads } from '../../export/downloads.ts';
import type { ExportEntry } from '../../export/history.ts';
import { createLink, followLink, listLinks, revokeLink } from '../../export/links.ts';
import { cancelExport } from '../../export/stored/cancel.ts';
import { followExport } from '../../export/stored/follow-export.ts';
import { now } from '../../platform/clock.ts';
import { configuration } from '../../platform/config.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { instant } from '../instant.ts';
import { answerKept } from '../kept-file.ts';
import { eventStream } from '../sse.ts';
import { type CallWithExport, named, reachExport, reachFile } from './export-call.ts';
import {
  downloadDocument,
  downloadSchema,
  eventDocuments,
  exportDocument,
  exportSchema,
  linkDocument,
  linkSchema,
} from './export-schemas.ts';
import { fileTypes } from './exports.ts';

const scope = 'tenant';
const permission = 'export on any dataset';

const show = defineRoute({
  method: 'GET',
  path: '/exports/{id}',
  name: 'exports.get',
  summary: 'One export, and what became of it',
  scope,
  permission,
  params: named,
  answers: { 200: exportSchema },
  handler: async (call) => ({ status: 200, body: exportDocument(await reachExport(call)) }),
});

const events = defineRoute({
  method: 'GET',
  path: '/exports/{id}/events',
  name: 'exports.events',
  summary:
    'How far the file is, as server-sent events; goes on after Last-Event-ID, ends when it is there or will not be',
  scope,
  permission,
  params: named,
  answers: { 200: ['text/event-stream'] },
  handler: async (call) => {
    const { tenantId, id: exportId } = await reachExport(call);
    return eventStream(call, (afterSeq, signal) =>
      eventDocuments(followExport(call.services.database, { tenantId, exportId }, { afterSeq, signal })),
    );
  },
});

const cancel = defineRoute({
  method: 'POST',
  path: '/exports/{id}/cancel',
  name: 'exports.cancel',
  summary: 'Stop an export whose file is not there yet; nothing is left of it',
  scope,
  permission,
  params: named,
  answers: { 200: exportSchema },
  handler: async (call) => {
    const { tenantId, id: exportId } = await reachExport(call);
    const asked = { tenantId, exportId, by: call.caller.id };
    return { status: 200, body: exportDocument(await cancelExport(call.services.database, asked)) };
  },
});

const takenAnswers = { 200: fileTypes, 206: fileTypes, 304: 'nothing', 416: 'nothing' } as const;

const file = defineRoute({
  method: 'GET',
  path: '/exports/{id}/file',
  name: 'exports.file',
  summary: 'The file, or a part of it: goes on where a download broke off',
  description:
    'Takes `Range`, one part at a time. `ETag` is the SHA-256 of the file. Every download stands in the history. A file that holds sensitive fields is for those who may read them.',
  scope,
  permission,
  params: named,
  answers: takenAnswers,
  handler: async (call) => answerKept(call, await reachFile(call), { by: call.caller.id, linkId: null }),
});

const downloads = defineRoute({
  method: 'GET',
  path: '/exports/{id}/downloads',
  name: 'exports.downloads',
  summary: 'Who took the file, and how much of it, newest first',
  scope,
  permission,
  params: named,
  query: z.strictObject({
    limit: z.coerce.number().int().min(1).max(100).default(20),
    cursor: z.uuid().optional(),
  }),
  answers: { 200: z.object({ downloads: z.array(downloadSchema), next_cursor: z.string().nullable() }) },
  handler: async (call) => {
    const { limit, cursor } = call.query;
    const taken = await downloadsOf(call, { limit, before: cursor });
    const next = taken.length === limit ? (taken.at(-1)?.id ?? null) : null;
    return { status: 200, body: { downloads: taken.map(downloadDocument), next_cursor: next } };
  },
});

async function downloadsOf(
  call: CallWithExport,
  page: { readonly limit: number; readonly before?: string | undefined },
): Promise<readonly Download[]> {
  const entry = await reachExport(call);
  if (entry.madeAs === 'answer') return page.before === undefined ? [answered(entry)] : [];
  return withTenant(call.services.database, entry.tenantId, (tx) =>
    listDownloads(tx, { exportId: entry.id, ...page }),
  );
}

/** An answer was taken once: by whoever asked. */
function answered(entry: ExportEntry): Download {
  const { id, by, createdAt: begunAt, finishedAt: endedAt, bytes } = entry;
  const isWhole = entry.state === 'done';
  return {
    id,
    by,
    linkId: null,
    begunAt,
    endedAt,
    firstByte: 0,
    lastByte: bytesOf(entry) - 1,
    bytes,
    isWhole,
  };
}

const newLink = defineRoute({
  method: 'POST',
  path: '/exports/{id}/links',
  name: 'exports.createLink',
  summary: 'A link by which somebody without an account takes the file, until it expires',
  description: 'The address is answered once and cannot be had again. It ends with the file at the latest.',
  scope,
  permission,
  params: named,
  body: {
    json: z.strictObject({
      hours: z
        .number()
        .positive()
        .max(87_600)
        .default(24)
        .describe('For how long; the configuration has the most'),
    }),
  },
  answers: { 201: z.object({ id: z.string(), url: z.url(), expires_at: z.string() }) },
  handler: async (call) => {
    const { id: exportId, tenantId } = await reachFile(call);
    const { database, baseUrl } = call.services;
    const hours = Math.min(call.json.hours, configuration().limits.linkHoursMax);
    const expiresAt = new Date(Date.parse(now()) + hours * 3_600_000).toISOString();
    const link = await withTenant(database, tenantId, (tx) =>
      createLink(tx, { exportId, expiresAt, by: call.caller.id }),
    );
    const body = { id: link.id, url: `${baseUrl}${link.path}`, expires_at: instant(link.expiresAt) };
    return { status: 201, body };
  },
});

const links = defineRoute({
  method: 'GET',
  path: '/exports/{id}/links',
  name: 'exports.links',
  summary: 'The links to the file, without their addresses',
  scope,
  permission,
  params: named,
  answers: { 200: z.object({ links: z.array(linkSchema) }) },
  handler: async (call) => {
    const { id, tenantId } = await reachExport(call);
    const found = await withTenant(call.services.database, tenantId, (tx) => listLinks(tx, id));
    return { status: 200, body: { links: found.map(linkDocument) } };
  },
});

const endLink = defineRoute({
  method: 'DELETE',
  path: '/exports/{id}/links/{link}',
  name: 'exports.revokeLink',
  summary: 'End a link at once',
  scope,
  permission,
  params: named.extend({ link: z.uuid() }),
  answers: { 204: 'nothing' },
  handler: async (call) => {
    const { id: exportId, tenantId } = await reachExport(call);
    const asked = { exportId, linkId: call.params.link, by: call.caller.id };
    await withTenant(call.services.database, tenantId, (tx) => revokeLink(tx, asked));
    return { status: 204 };
  },
});

/** What an address says by itself is not handed on, kept or listed. */
const discreet = { 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex, nofollow' };

const take = defineRoute({
  method: 'GET',
  path: '/downloads/{token}',
  name: 'exports.download',
  summary: 'The file that a link is for',
  description:
    'Needs no account: whoever has the link has the file. Takes `Range`, as `/exports/{id}/file` does.',
  scope: 'open',
  params: z.strictObject({ token: z.string().max(255) }),
  answers: takenAnswers,
  handler: async (call) => {
    const { entry, linkId } = await followLink(call.services.database, call.params.token);
    return answerKept(call, entry, { by: null, linkId }, discreet);
  },
});

export const exportFileRoutes: readonly Route[] = [
  show,
  events,
  cancel,
  file,
  downloads,
  newLink,
  links,
  endLink,
  take,
];
