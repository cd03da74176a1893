/** The pages of the reference, made from the code: fields, problems, commands, errors and limits. */
import { commands } from '../src/cli/commands.ts';
import type { Dataset, FieldDefinition } from '../src/datasets/define-dataset.ts';
import { datasets } from '../src/datasets/registry.ts';
import type { Route } from '../src/http/define-route.ts';
import { routes } from '../src/http/routes.ts';
import { type Variable, variables } from '../src/platform/config.ts';
import { errorCodes, errorStatus } from '../src/platform/errors.ts';
import { problemTexts } from '../src/platform/problems.ts';
import { permissions, permissionsOf, roles } from '../src/tenants/permissions.ts';

const made = '<!-- Made from the code by "npm run reference"; edits here are lost. -->\n\n';

/** @returns the file name and the text of each page. */
export async function referencePages(): Promise<[name: string, text: string][]> {
  return [
    ['fields.md', made + fieldsPage()],
    ['problems.md', made + problemsPage()],
    ['commands.md', made + (await commandsPage())],
    ['errors.md', made + errorsPage()],
    ['configuration.md', made + configurationPage()],
    ['api.md', made + apiPage()],
    ['permissions.md', made + permissionsPage()],
  ];
}

function fieldsPage(): string {
  const intro =
    '# Fields\n\nA field has one key everywhere: column in the database, key in JSON, header in a file. A header may also be ' +
    'the label or an alias, in any case; `_`, `-` and spaces are alike.\n';
  return intro + datasets.map(fieldTable).join('');
}

function fieldTable(dataset: Dataset): string {
  const rows = dataset.fields.map((field) => [
    `\`${field.key}\``,
    field.label,
    typeText(field),
    importText(dataset, field),
    (field.aliases ?? []).join(', '),
  ]);
  return `\n## ${dataset.label}\n\n${table(['Key', 'Label', 'Type', 'Import', 'Other names'], rows)}`;
}

function typeText(field: FieldDefinition): string {
  const values = field.values === undefined ? '' : `: ${field.values.map(({ key }) => key).join(', ')}`;
  const max = field.max === undefined ? '' : `, at most ${field.max}`;
  const refers =
    field.reference === undefined ? '' : ` to ${field.reference.dataset} by ${field.reference.by.join(', ')}`;
  return `${field.type}${values}${max}${refers}`;
}

function importText(dataset: Dataset, field: FieldDefinition): string {
  const said = { yes: 'yes', no: 'no', match: 'to find the record by', 'create-only': 'only on create' }[
    field.importable
  ];
  const key = dataset.matchKeys.includes(field.key) && field.importable !== 'match' ? ', match key' : '';
  const otherwise = typeof field.default === 'string' ? `, default ${field.default}` : '';
  return said + key + (field.unique ? ', unique' : '') + otherwise;
}

function problemsPage(): string {
  const rows = Object.entries(problemTexts).map(([code, { stage, says, hint, warning }]) => [
    `\`${code}\``,
    stage,
    says,
    hint,
    warning ? 'a warning' : code.startsWith('skip.') ? 'skipped' : stage === 'undo' ? 'left alone' : 'failed',
  ]);
  return (
    '# Problems\n\nWhat can be wrong with a cell or a row. The list is closed: a program may rely on the codes.\n\n' +
    table(['Code', 'Found while', 'Says', 'How to mend it', 'The row is'], rows)
  );
}

async function commandsPage(): Promise<string> {
  const texts = await Promise.all(Object.values(commands).map(async (load) => (await load()).help));
  return `# Commands\n${texts.map((help) => `\n\`\`\`\n${help}\n\`\`\`\n`).join('')}`;
}

function errorsPage(): string {
  const rows = errorCodes.map((code) => [
    `\`${code}\``,
    String(errorStatus(code).status),
    String(errorStatus(code).exit),
  ]);
  return `# Errors\n\nWhat the program refuses, with the status for HTTP and the exit code of a command.\n\n${table(['Code', 'Status', 'Exit code'], rows)}`;
}

function configurationPage(): string {
  const { settings, limits } = variables();
  const rows = (of: readonly Variable[]): string[][] =>
    of.map(({ name, meaning, preset }) => [`\`${name}\``, meaning, preset]);
  const head = ['Variable', 'Meaning', 'Default'];
  return (
    '# Configuration\n\nSettings come from the environment. One that is out of its bounds is refused at the start, by its name.\n\n' +
    `## Settings\n\n${table(head, rows(settings))}\n## Limits\n\nA size is in bytes.\n\n${table(head, rows(limits))}`
  );
}

function apiPage(): string {
  const intro =
    '# The API\n\nThe whole of it, with every schema, is the OpenAPI document that a running server has at `/api/openapi.json`, ' +
    'and to read and to try at `/api/docs`. Paths of a tenant stand below `/api/tenants/{tenant}`, named by slug or id; ' +
    'below `/api` alone they mean the tenant of the key, or the one that is active in the session.\n';
  const groups = Map.groupBy(routes, ({ name }) => name.split('.')[0] ?? '');
  return intro + [...groups].map(([name, group]) => `\n## ${name}\n\n${routeTable(group)}`).join('');
}

function routeTable(group: readonly Route[]): string {
  const rows = group.map((route) => [
    `\`${route.method} ${route.isAtRoot ? '' : '/api'}${route.scope === 'tenant' ? '/tenants/{tenant}' : ''}${route.path}\``,
    route.summary,
    route.permission ?? (route.scope === 'account' ? 'signed in' : 'anybody'),
    Object.keys(route.answers).join(', '),
  ]);
  return table(['Call', 'What it does', 'Who may', 'Answers'], rows);
}

function permissionsPage(): string {
  const nothingNarrowed = { writeGivesImport: true, readGivesExport: true };
  const held = roles.map((role) => permissionsOf(role, nothingNarrowed));
  const rows = permissions.map((permission) => [
    `\`${permission}\``,
    ...held.map((of) => (of.has(permission) ? 'yes' : '')),
  ]);
  return (
    '# Permissions\n\nWhat each role may do. A tenant may narrow two of them: that write gives import, and that read gives ' +
    'export. A customer reaches his own record and nothing of this table.\n\n' +
    table(['Permission', ...roles], rows)
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}
