import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const sources = fileURLToPath(new URL('../src', import.meta.url));

/** Each folder may import those of the rows above its own, and itself. */
const rows: readonly (readonly string[])[] = [
  ['platform'],
  ['field-types', 'file-formats', 'database', 'file-store', 'mail'],
  ['datasets', 'audit', 'accounts'],
  ['customers', 'tenants'],
  ['import', 'export'],
  ['jobs', 'http'],
  ['cli'],
  ['main.ts'],
];

/** A file below src/ → the files below src/ that it imports, types among them. */
const imports = new Map(sourceFiles().map((file) => [file, importsOf(file)]));

function sourceFiles(): string[] {
  const entries = readdirSync(sources, { recursive: true, encoding: 'utf8' });
  return entries.filter((entry) => entry.endsWith('.ts')).map((entry) => entry.replaceAll('\\', '/'));
}

function importsOf(file: string): string[] {
  const text = withoutComments(readFileSync(resolve(sources, file), 'utf8'));
  const specifiers = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*(['"])(?<specifier>\.[^'"]+)\1/g);
  return Array.from(specifiers, ({ groups }) => {
    const target = resolve(sources, dirname(file), groups?.specifier ?? '');
    return relative(sources, target).replaceAll('\\', '/');
  });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

const folderOf = (file: string): string => file.split('/')[0] ?? file;

const rowOf = (folder: string): number => rows.findIndex((row) => row.includes(folder));

describe('imports point one way', () => {
  test('every folder of src/ has its row', () => {
    const strangers = new Set([...imports.keys()].map(folderOf).filter((folder) => rowOf(folder) === -1));
    expect([...strangers]).toEqual([]);
  });

  test('no folder imports one of its own row or below', () => {
    const wrong = [...imports].flatMap(([file, targets]) =>
      targets
        .filter((target) => !target.startsWith('..') && folderOf(target) !== folderOf(file))
        .filter((target) => rowOf(folderOf(target)) >= rowOf(folderOf(file)))
        .map((target) => `${file} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('nothing outside src/ is imported, but for package.json', () => {
    const wrong = [...imports].flatMap(([file, targets]) =>
      targets
        .filter((target) => target.startsWith('..') && target !== '../package.json')
        .map((target) => `${file} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('no file imports itself by way of others', () => {
    expect(findCycle()).toBeUndefined();
  });
});

describe('the test itself', () => {
  test('sees the imports that there are', () => {
    expect(imports.get('main.ts')).toEqual(['cli/dispatch.ts', 'platform/log.ts']);
    expect(imports.get('database/connect.ts')).toContain('platform/errors.ts');
    expect(imports.get('cli/commands.ts')).toContain('cli/tenant.ts');
  });
});

/** @returns the files of one cycle in order, or undefined. */
function findCycle(): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of imports.get(file) ?? []) {
      const cycle = visit(target, [...path, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
