/** What a first start says: the link by which the first user comes in. */
import { issueSetupToken } from '../accounts/setup.ts';
import type { Database } from '../database/connect.ts';

/** @returns lines for the terminal; none when somebody is there already. */
export async function settingUpLines(database: Database, url: string): Promise<string[]> {
  const token = await issueSetupToken(database);
  if (token === null) return [];
  return [
    '',
    'Nobody is here yet. Make the first account by this link; it works once, for a day:',
    '',
    `  ${url}/setup#${token}`,
  ];
}
