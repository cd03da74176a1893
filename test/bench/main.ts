/** `npm run bench -- NAME [OPTIONS]`: the measurements. Each has a floor of its own, measured in the same run. */

interface Bench {
  run(args: string[]): Promise<void>;
}

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  import: () => import('./import.ts'),
  update: () => import('./update.ts'),
  tokenize: () => import('./tokenize.ts'),
  bulk: () => import('./bulk.ts'),
  batch: () => import('./batch.ts'),
  serve: () => import('./serve.ts'),
  export: () => import('./export.ts'),
  workbook: () => import('./workbook.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const load = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (load === undefined) {
  process.stderr.write(`Say what to measure: npm run bench -- ${Object.keys(benches).join('|')}\n`);
  process.exitCode = 2;
} else {
  await (await load()).run(args);
}
