/** A few random calls of every operation; `npm run fuzz -- api` makes many. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiOf } from '../../../src/http/openapi.ts';
import { routes } from '../../../src/http/routes.ts';
import { faultsOf, operationsOf } from '../../fuzz/api-document.ts';
import { fuzzOperation, type Surroundings, surroundingsOf } from '../../fuzz/api-run.ts';
import { useServer } from '../../support/http.ts';
import { digestOf } from '../../support/tenant-digest.ts';

process.env.CLIENTELE_SIGN_INS_PER_MINUTE_MAX = '100000';
process.env.CLIENTELE_TRUST_PROXY = 'true';

const cases = Number(process.env.CLIENTELE_FUZZ_CASES ?? 25);
const seed = Number(process.env.CLIENTELE_FUZZ_SEED ?? 1);
/** Of one operation; nothing is timed, and whatever hangs is found by the client. */
const timeoutMs = 60_000 + cases * 10_000;

const api = useServer();
let surroundings: Surroundings;
let before: Record<string, string>;

beforeAll(async () => {
  const { json } = await api.call('GET', '/api/openapi.json');
  surroundings = await surroundingsOf(api, json);
  before = await digestOf(api.database, surroundings.other.id);
});
afterAll(() => surroundings.client.close());

test('the server describes itself in valid OpenAPI 3.1, with every route', () => {
  expect(faultsOf(surroundings.document)).toEqual([]);
  expect(surroundings.document).toEqual(openApiOf(routes));
});

describe(`${cases} calls from seed ${seed}`, () => {
  test.each(operationsOf(openApiOf(routes)))(
    '$method $path',
    async (operation) => {
      await fuzzOperation(operation, surroundings, { cases, seed });
      expect((await api.call('GET', '/health')).status).toBe(200);
    },
    timeoutMs,
  );

  test('have changed nothing of another tenant', async () => {
    expect(await digestOf(api.database, surroundings.other.id)).toEqual(before);
  });
});
