import { isAbsolute, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  installationFolder,
  readConfig,
  unknownVariables,
  variableOf,
} from '../../../src/platform/config.ts';

describe('the configuration', () => {
  test('needs nothing to be set', () => {
    const config = readConfig({});
    expect(config.dataFolder).toBe(join(installationFolder, 'data'));
    expect(config.databaseUrl).toBeUndefined();
    expect(config.limits).toMatchObject({ fileBytesMax: 2 ** 31, columnsMax: 1000, cellBytesMax: 65_536 });
  });

  test('takes each limit from the variable with its name in capitals', () => {
    expect(variableOf('cellBytesMax')).toBe('CLIENTELE_CELL_BYTES_MAX');
    expect(readConfig({ CLIENTELE_CELL_BYTES_MAX: '100' }).limits.cellBytesMax).toBe(100);
  });

  test('keeps files in a bucket when one is named, and in the data folder else', () => {
    expect(readConfig({ CLIENTELE_S3_ENDPOINT: 'http://localhost:9000' }).s3).toBeUndefined();
    expect(readConfig({ CLIENTELE_S3_BUCKET: 'files' }).s3).toEqual({
      bucket: 'files',
      endpoint: undefined,
      region: 'us-east-1',
      prefix: '',
    });
    expect(() => readConfig({ CLIENTELE_S3_ENDPOINT: 'localhost:9000' })).toThrow(/CLIENTELE_S3_ENDPOINT/);
  });

  test('believes as many proxies as are named, and none unless they are', () => {
    const proxies = (CLIENTELE_TRUST_PROXY?: string) => readConfig({ CLIENTELE_TRUST_PROXY }).proxies;
    expect([undefined, 'false', 'true', '3'].map(proxies)).toEqual([0, 0, 1, 3]);
    for (const wrong of ['yes', '0', '-1', '10', '127.0.0.1']) expect(() => proxies(wrong)).toThrow();
  });

  test('takes a data folder relative to where the program is run', () => {
    const { dataFolder } = readConfig({ CLIENTELE_DATA: 'elsewhere' });
    expect(isAbsolute(dataFolder)).toBe(true);
    expect(dataFolder).toBe(resolve('elsewhere'));
  });

  test('takes an empty variable for one that is not set', () => {
    expect(readConfig({ DATABASE_URL: '', CLIENTELE_DATA: '', CLIENTELE_COLUMNS_MAX: '' })).toEqual(
      readConfig({}),
    );
  });

  test('names every variable that is wrong at once, and does not repeat a secret', () => {
    const reading = () =>
      readConfig({
        CLIENTELE_COLUMNS_MAX: 'many',
        CLIENTELE_LEASE_SECONDS: '0',
        CLIENTELE_SECRET: 'hunter2',
      });
    expect(reading).toThrow(/CLIENTELE_SECRET.*CLIENTELE_COLUMNS_MAX.*CLIENTELE_LEASE_SECONDS/);
    expect(reading).not.toThrow(/hunter2/);
    expect(reading).toThrow(expect.objectContaining({ code: 'configuration.invalid' }));
    expect(reading).toThrow('CLIENTELE_LEASE_SECONDS takes a whole number from 2 to 600');
  });

  test('refuses an address of a database that is none', () => {
    for (const url of ['foo', 'http://localhost/clientele'])
      expect(() => readConfig({ DATABASE_URL: url })).toThrow('DATABASE_URL begins with postgres://');
    expect(readConfig({ DATABASE_URL: 'postgresql://localhost/x' }).databaseUrl).toBe(
      'postgresql://localhost/x',
    );
  });

  test('knows which variables are none of its settings', () => {
    const environment = {
      CLIENTELE_DATA: 'a',
      CLIENTELE_ROWS_MAX: '1',
      CLIENTELE_CHUNK_ROWS: '1',
      PATH: '/',
    };
    expect(unknownVariables(environment)).toEqual(['CLIENTELE_ROWS_MAX']);
  });
});
