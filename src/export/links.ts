/**
 * Links: whoever has one takes the file of an export, without a session, until it expires or is revoked. The token of a
 * link names the tenant, since row security hides a link until the tenant is known.
 */
import type { Database } from '../database/connect.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { hashOfToken, newTokenOf, tenantOfToken } from '../platform/tokens.ts';
import { type ExportEntry, loadExport } from './history.ts';
import { fileThere } from './kept-file.ts';
import { note } from './trail.ts';

const tokenStart = 'exp_';

export interface NewLink {
  readonly exportId: string;
  /** A point in time as ISO 8601. No link is good for longer than its file is kept. */
  readonly expiresAt: string;
  /** A member's id, or a key's; null at the command line. */
  readonly by: string | null;
}

export interface CreatedLink {
  readonly id: string;
  /** Shown once. */
  readonly token: string;
  /** Of the address, without the server. */
  readonly path: string;
  /** As PostgreSQL writes a timestamptz. */
  readonly expiresAt: string;
}

/**
 * A link by which somebody without a session takes a stored export, until it expires. The token is shown once and kept
 * as a hash.
 *
 * @throws AppError `export.not_found`; `export.move` while there is no file, `export.gone` when there is none any more.
 */
export async function createLink(tx: TenantTransaction, link: NewLink): Promise<CreatedLink> {
  fileThere(await loadExport(tx, link.exportId));
  const token = newTokenOf(tx.tenantId, tokenStart);
  const id = newId();
  const at = now();
  const { rows } = await tx.query<{ expiresAt: string }>(
    `insert into export_links (tenant_id, id, export_id, token_hash, expires_at, created_by, created_at)
     select $1, $2, e.id, $4, least($5::timestamptz, e.expires_at), $6, $7 from exports e where e.tenant_id = $1 and e.id = $3
     returning expires_at as "expiresAt"`,
    [tx.tenantId, id, link.exportId, hashOfToken(token), link.expiresAt, link.by, at],
  );
  const { expiresAt } = rows[0] as { expiresAt: string };
  await note(tx, {
    action: 'export.link',
    subjectId: link.exportId,
    detail: { link: id, expires_at: expiresAt },
    actor: link.by,
    at,
  });
  return { id, token, path: `/api/downloads/${token}`, expiresAt };
}

/** A link as its tenant sees it: without its token. */
export interface ListedLink {
  readonly id: string;
  readonly createdBy: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  readonly downloads: number;
}

/** @returns the links of an export, newest first; a thousand at most. */
export async function listLinks(tx: TenantTransaction, exportId: string): Promise<readonly ListedLink[]> {
  const { rows } = await tx.query<ListedLink>(
    `select l.id, l.created_by as "createdBy", l.created_at as "createdAt", l.expires_at as "expiresAt", l.revoked_at as "revokedAt",
       (select count(*)::int from export_downloads d where d.tenant_id = $1 and d.export_id = $2 and d.link_id = l.id) as downloads
     from export_links l where l.tenant_id = $1 and l.export_id = $2 order by l.id desc limit 1000`,
    [tx.tenantId, exportId],
  );
  return rows;
}

/** Ends a link at once. @throws AppError `link.not_found`, also for one that was revoked before. */
export async function revokeLink(
  tx: TenantTransaction,
  {
    exportId,
    linkId,
    by,
  }: { readonly exportId: string; readonly linkId: string; readonly by: string | null },
): Promise<void> {
  const at = now();
  const { rowCount } = await tx.query(
    'update export_links set revoked_at = $4 where tenant_id = $1 and export_id = $2 and id = $3 and revoked_at is null',
    [tx.tenantId, exportId, linkId, at],
  );
  if (rowCount !== 1) throw notThere();
  await note(tx, {
    action: 'export.unlink',
    subjectId: exportId,
    detail: { link: linkId },
    actor: by,
    at,
  });
}

export interface FollowedLink {
  readonly linkId: string;
  readonly entry: ExportEntry;
}

/** @throws AppError `link.not_found` for a token that is none; `link.over` when it has expired or was revoked. */
export async function followLink(database: Database, token: string): Promise<FollowedLink> {
  const tenantId = tenantOfToken(token, tokenStart);
  if (tenantId === null) throw notThere();
  return withTenant(
    database,
    tenantId,
    async (tx) => {
      const { rows } = await tx.query<{ id: string; exportId: string; isOver: boolean }>(
        `select id, export_id as "exportId", revoked_at is not null or expires_at <= $3 as "isOver"
         from export_links where tenant_id = $1 and token_hash = $2`,
        [tenantId, hashOfToken(token), now()],
      );
      const [link] = rows;
      if (link === undefined) throw notThere();
      if (link.isOver)
        throw new AppError('link.over', 'This link has expired, or was revoked: ask for another one.');
      return { linkId: link.id, entry: await loadExport(tx, link.exportId) };
    },
    { readOnly: true },
  );
}

function notThere(): AppError {
  return new AppError('link.not_found', 'There is nothing under this link.');
}
