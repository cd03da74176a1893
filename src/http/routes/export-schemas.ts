/** What an export looks like from outside. */
import { z } from 'zod';
import type { Download } from '../../export/downloads.ts';
import type { ExportEntry } from '../../export/history.ts';
import type { ListedLink } from '../../export/links.ts';
import type { ExportEvent } from '../../export/stored/follow-export.ts';
import { instant, instantOrNull } from '../instant.ts';

export const exportSchema = z
  .object({
    id: z.string(),
    dataset: z.string(),
    format: z.string(),
    profile: z.string(),
    fields: z.array(z.string()),
    fields_left_out: z.array(z.string()),
    filter: z.unknown(),
    as: z
      .enum(['answer', 'file'])
      .describe('Answered to whoever asked, or made into a file that is kept for a while'),
    state: z.enum(['waiting', 'running', 'done', 'broken_off', 'failed', 'cancelled']),
    failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    records: z.int().nullable(),
    bytes: z.int().nullable(),
    sha256: z.string().nullable(),
    file: z
      .object({
        name: z.string(),
        media_type: z.string(),
        expires_at: z.string(),
        is_there: z.boolean().describe('Whether it can be taken still'),
      })
      .nullable()
      .describe('Null while there is none, and for an answer'),
    downloads: z.int().describe('How often the file was taken'),
    source: z.string(),
    created_by: z.string().nullable(),
    created_at: z.string(),
    finished_at: z.string().nullable(),
    seconds: z.number().nullable(),
  })
  .meta({ id: 'Export' });

export function exportDocument(entry: ExportEntry): z.input<typeof exportSchema> {
  const from = instant(entry.createdAt);
  const to = instantOrNull(entry.finishedAt);
  return {
    id: entry.id,
    dataset: entry.dataset,
    format: entry.format,
    profile: entry.profile,
    fields: [...entry.fields],
    fields_left_out: [...entry.leftOut],
    filter: entry.filter,
    as: entry.madeAs,
    state: entry.state,
    failure: entry.failure,
    records: entry.records,
    bytes: entry.bytes,
    sha256: entry.sha256,
    file: fileDocument(entry),
    downloads: entry.downloads,
    source: entry.source,
    created_by: entry.by,
    created_at: from,
    finished_at: to,
    seconds: to === null ? null : (Date.parse(to) - Date.parse(from)) / 1000,
  };
}

function fileDocument({ file }: ExportEntry): z.input<typeof exportSchema>['file'] {
  if (file === null) return null;
  const expiresAt = instant(file.expiresAt);
  return {
    name: file.name,
    media_type: file.mediaType,
    expires_at: expiresAt,
    is_there: !file.isRemoved && Date.parse(expiresAt) > Date.now(),
  };
}

export async function* eventDocuments(events: AsyncIterable<ExportEvent>) {
  for await (const { seq, state, rests: resting, ...progress } of events)
    yield { seq, state, resting, ...progress };
}

export const downloadSchema = z.object({
  id: z.string(),
  by: z
    .string()
    .nullable()
    .describe('A member’s id, or a key’s; null where it was a link, or the command line'),
  link: z.string().nullable(),
  begun_at: z.string(),
  ended_at: z.string().nullable(),
  first_byte: z.int(),
  last_byte: z.int().describe('Of the part that was asked for'),
  bytes: z.int().nullable().describe('That left; null while it goes on, or where its process was killed'),
  whole: z.boolean().describe('Whether all of the file left'),
});

export function downloadDocument(download: Download): z.input<typeof downloadSchema> {
  return {
    id: download.id,
    by: download.by,
    link: download.linkId,
    begun_at: instant(download.begunAt),
    ended_at: instantOrNull(download.endedAt),
    first_byte: download.firstByte,
    last_byte: download.lastByte,
    bytes: download.bytes,
    whole: download.isWhole,
  };
}

export const linkSchema = z.object({
  id: z.string(),
  created_by: z.string().nullable(),
  created_at: z.string(),
  expires_at: z.string(),
  revoked_at: z.string().nullable(),
  downloads: z.int(),
});

export function linkDocument(link: ListedLink): z.input<typeof linkSchema> {
  return {
    id: link.id,
    created_by: link.createdBy,
    created_at: instant(link.createdAt),
    expires_at: instant(link.expiresAt),
    revoked_at: instantOrNull(link.revokedAt),
    downloads: link.downloads,
  };
}
