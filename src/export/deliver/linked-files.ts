import { withTenant } from '../../database/with-tenant.ts';
import { createLink } from '../links.ts';
import type { Carrier } from './carrier.ts';
import type { Parcel, ParcelFile } from './parcel.ts';

export interface LinkedFile {
  readonly file: ParcelFile;
  readonly address: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

const hourMs = 3_600_000;

/** A new link to each file: a token is shown once, so that of an earlier attempt cannot be given again. */
export async function linkedFiles(
  { database, baseUrl }: Carrier,
  { tenant, files, by }: Parcel,
  linkHours: number,
): Promise<readonly LinkedFile[]> {
  const until = new Date(Date.now() + linkHours * hourMs).toISOString();
  return withTenant(database, tenant.id, async (tx) => {
    const linked: LinkedFile[] = [];
    for (const file of files) {
      const { path, expiresAt } = await createLink(tx, { exportId: file.id, expiresAt: until, by });
      linked.push({ file, address: `${baseUrl}${path}`, expiresAt: new Date(expiresAt).toISOString() });
    }
    return linked;
  });
}
