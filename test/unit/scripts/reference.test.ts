import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { referencePages } from '../../../scripts/reference-pages.ts';

test('docs/reference says what the code does; "npm run reference" writes it', async () => {
  for (const [name, text] of await referencePages()) {
    const written = await readFile(new URL(`../../../docs/reference/${name}`, import.meta.url), 'utf8');
    expect(written, name).toBe(text);
  }
});
