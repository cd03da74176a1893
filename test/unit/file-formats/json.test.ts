import { describe, expect, test } from 'vitest';
import { encodeNdjsonRow } from '../../../src/file-formats/json/ndjson.ts';
import { readText } from './reading.ts';

const person = (id: number, more = '') => `{"id":${id},"name":"Name ${id}"${more}}`;

describe('JSON', () => {
  test('an array of objects gives the union of their keys, in order of first sight', async () => {
    const { names, rows, inspection } = await readText(
      '[{"id":1,"name":"Ann"},\n {"email":"b@b.co","id":2},\n{}]',
    );
    expect(inspection.dialect).toMatchObject({ format: 'json', rowsAt: '' });
    expect(names).toEqual(['id', 'name', 'email']);
    expect(rows).toEqual([['1', 'Ann'], ['2', '', 'b@b.co'], []]);
  });

  test('values keep their text: digits as written, nested values as JSON, null as blank', async () => {
    const { rows } = await readText(
      '[{"a":12345678901234567890,"b":1.10,"c":-0,"d":1e400,"e":true,"f":false,"g":null,"h":{"x": [1, "a b", {}]},"i":[ ],"j":"\\u00e9\\n\\"\\\\"}]',
    );
    expect(rows).toEqual([
      [
        '12345678901234567890',
        '1.10',
        '-0',
        '1e400',
        'true',
        'false',
        '',
        '{"x":[1,"a b",{}]}',
        '[]',
        'é\n"\\',
      ],
    ]);
  });

  test('the longest list of objects is found in the object that holds it', async () => {
    const { inspection, rows, names } = await readText(
      '{"meta":{"columns":[{"name":"id"}],"tags":["a","b","c"]},"result":{"items/all":[{"id":1},{"id":2},{"id":3}]},"n":3}',
    );
    expect(inspection.dialect.rowsAt).toBe('/result/items~1all');
    expect(inspection.notes).toEqual(['The rows are the list at "/result/items~1all".']);
    expect([names, rows]).toEqual([['id'], [['1'], ['2'], ['3']]]);
  });

  test('the list of rows may begin far into the text', async () => {
    const meta = Array.from({ length: 20_000 }, (_, i) => `"key ${i}": ["a", "b", ${i}]`).join(',');
    const { inspection, rows } = await readText(`{"meta":{${meta}},"customers":[${person(1)},${person(2)}]}`);
    expect(inspection.dialect.rowsAt).toBe('/customers');
    expect(rows).toHaveLength(2);
  });

  test('rows may be lists, with or without a header', async () => {
    const headed = await readText('[["id","name"],[1,"Ann"],[2,"Bob","x"],[3]]');
    expect(headed.names).toEqual(['id', 'name']);
    expect(headed.rows).toEqual([['1', 'Ann'], ['2', 'Bob', 'x'], ['3']]);
    expect(headed.problems).toEqual(['2 row.ragged']);
    const bare = await readText('[[1,"a@b.co"],[2,"c@d.co"]]');
    expect(bare.names).toEqual(['column 1', 'column 2']);
    expect(bare.rows).toHaveLength(2);
  });

  test('objects one after another are rows, however they are laid out', async () => {
    const { rows, lines } = await readText('{\n  "id": 1\n}\n{\n  "id": 2\n}\n');
    expect(rows).toEqual([['1'], ['2']]);
    expect(lines).toEqual([1, 4]);
  });

  test('a row that is not JSON is a problem, and the others are read', async () => {
    const { faults, problems, rows } = await readText(
      `[${person(1)},{"id":2,"name":tru},${person(3)},{"id":4,},"text",5,null,[7],{"id":6,"id":7},${person(8)}]`,
    );
    expect(problems).toEqual([2, 4, 5, 6, 7, 8, 9].map((row) => `${row} row.unreadable`));
    expect(faults[4]?.details).toMatchObject({
      format: 'JSON',
      reason: 'a row must be an object, and this is null',
    });
    expect(faults[6]?.details).toMatchObject({ reason: 'the key "id" stands in it twice' });
    expect(rows[1]).toEqual(['{"id":2,"name":tru}']);
    expect(rows[9]).toEqual(['8', 'Name 8']);
  });

  test('a text cut within a row gives the rows before it', async () => {
    for (const [cut, reason] of [
      [`[${person(1)},${person(2)},{"id":3,"na`, 'the file ends within it'],
      [`[${person(1)},${person(2)},`, 'the file ends before the list of rows does'],
      [`{"data":[${person(1)},${person(2)}`, 'the file ends before the list of rows does'],
    ] as const) {
      const { faults, rows } = await readText(cut);
      expect(rows.slice(0, 2), cut).toEqual([
        ['1', 'Name 1'],
        ['2', 'Name 2'],
      ]);
      expect(faults, cut).toMatchObject([{ row: 3, code: 'row.unreadable', details: { reason } }]);
    }
  });

  test('hostile keys are keys', async () => {
    const { names, rows } = await readText('[{"__proto__":"a","constructor":"b","":"c"}]');
    expect(names).toEqual(['__proto__', 'constructor', 'column 3']);
    expect(rows).toEqual([['a', 'b', 'c']]);
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });

  test('nesting has a limit, within rows and before them', async () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const { problems, rows } = await readText(`[{"a":${deep(63)}},{"a":${deep(100_000)}},{"a":1}]`);
    expect(problems).toEqual(['2 row.unreadable']);
    expect(rows[2]).toEqual(['1']);
    expect((await readText(`{"a":${deep(64)}}\n{"a":1}\n`)).problems).toEqual(['1 row.unreadable']);
    await expect(readText(`${'{"a":\n'.repeat(1000)}[]${'}'.repeat(1000)}`)).rejects.toMatchObject({
      code: 'file.unreadable',
    });
  });

  test('NUL, half a character and long cells are problems', async () => {
    const { problems } = await readText(
      `[{"a":"x\\u0000y"},{"a":"\\ud83d"},{"a":"${'x'.repeat(65_537)}"},{"a":"\\ud83d\\ude42"}]`,
    );
    expect(problems).toEqual(['1 cell.nul', '2 row.unreadable', '3 cell.too_long']);
  });

  test('a row longer than may be held is passed over', async () => {
    const { problems, rows } = await readText(
      `[${person(1)},{"id":2,"x":"${'y'.repeat(900_000)}"},${person(3)}]`,
      {
        limits: { rowBytesMax: 100_000 },
      },
    );
    expect(problems).toEqual(['2 cell.too_long']);
    expect(rows[2]).toEqual(['3', 'Name 3']);
  });

  test('rows say where they begin, across chunks', async () => {
    const text = `[\n${Array.from({ length: 20_000 }, (_, i) => person(i, ',"note":"é, [\\"{"')).join(',\n')}\n]`;
    const bytes = Buffer.from(text);
    const { rows, offsets, lines, faults } = await readText(bytes);
    expect(faults).toEqual([]);
    expect(rows).toHaveLength(20_000);
    expect(rows[19_999]).toEqual(['19999', 'Name 19999', 'é, ["{']);
    expect(
      offsets.every((offset, i) =>
        bytes.toString('latin1', offset, offset + 8).startsWith(`{"id":${i}`.slice(0, 8)),
      ),
    ).toBe(true);
    expect(lines[19_999]).toBe(20_001);
  });

  test('other encodings are read too', async () => {
    const text = '[{"id":1,"name":"Zoë"},{"id":2,"name":"Łukasz"}]';
    const { rows, offsets } = await readText(Buffer.from(`\ufeff${text}`, 'utf16le'));
    expect(rows[1]).toEqual(['2', 'Łukasz']);
    expect(offsets).toEqual([4, 2 + 2 * text.indexOf(',{') + 2]);
  });

  test('what holds no rows is refused', async () => {
    for (const text of ['[1,2,3]', '["a","b"]'])
      await expect(readText(text), text).rejects.toMatchObject({ code: 'file.unreadable' });
    expect((await readText('[]')).rows).toEqual([]);
    expect((await readText('{"data":\n[]}')).rows).toEqual([]);
  });

  test('more than 1,000 different keys are refused', async () => {
    const wide = `[{${Array.from({ length: 1001 }, (_, i) => `"k${i}":1`).join(',')}}]`;
    await expect(readText(wide)).rejects.toMatchObject({ code: 'file.too_many_columns' });
  });
});

describe('objects within rows', () => {
  test('have their plain values as columns beside them, under the keys that lead there', async () => {
    const { names, rows, inspection } = await readText(
      '[{"name":"Ann","address":{"city":"Köln","geo":{"lat":50.90,"far":{"x":1,"y":{"z":2}}},"lines":["a"],"note":null},"tags":["x"]},{"name":"Bob","zip":"1","address":{"city":"Ulm","zip":"2"}}]',
    );
    expect(names).toEqual([
      'name',
      'address',
      'tags',
      'address.city',
      'address.geo.lat',
      'address.geo.far.x',
      'address.note',
      'zip',
      'address.zip',
    ]);
    expect(rows[0]).toEqual([
      'Ann',
      '{"city":"Köln","geo":{"lat":50.90,"far":{"x":1,"y":{"z":2}}},"lines":["a"],"note":null}',
      '["x"]',
      'Köln',
      '50.90',
      '1',
      '',
    ]);
    expect(rows[1]).toEqual(['Bob', '{"city":"Ulm","zip":"2"}', '', 'Ulm', '', '', '', '1', '2']);
    expect(
      inspection.columns.filter(({ within }) => within !== undefined).map(({ within }) => within),
    ).toEqual(Array(5).fill('address'));
  });

  test('a text that looks like one is a text, and a key that is called as a part is that part', async () => {
    const { names, rows } = await readText('[{"a":"{\\"b\\":1}","c.d":"own","c":{"d":"part"}}]');
    expect(names).toEqual(['a', 'c.d', 'c']);
    expect(rows).toEqual([['{"b":1}', 'own', '{"d":"part"}']]);
  });

  test('many parts are data, and leave room for the columns', async () => {
    const parts = (row: number) =>
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${row}_${i}`, i]));
    const keys = Object.fromEntries(Array.from({ length: 990 }, (_, i) => [`own${i}`, i]));
    const { names, problems } = await readText(
      JSON.stringify([{ map: parts(1) }, { map: parts(2) }, { map: parts(3), ...keys }]),
    );
    expect(problems).toEqual([]);
    expect(names.filter((name) => name.startsWith('map.'))).toHaveLength(200);
    expect(names.filter((name) => name.startsWith('own'))).toHaveLength(990);
  });
});

describe('NDJSON', () => {
  test('every line is a row; one that is not JSON is a problem with its line', async () => {
    const { inspection, names, rows, problems, lines } = await readText(
      `${person(1)}\r\n\r\n{"id":2,\n${person(3, ',"x":"\\n"')}\nnonsense\n${person(4)}`,
    );
    expect(inspection.dialect.format).toBe('ndjson');
    expect(names).toEqual(['id', 'name', 'x']);
    expect(problems).toEqual(['2 row.unreadable', '4 row.unreadable']);
    expect(lines).toEqual([1, 3, 4, 5, 6]);
    expect(rows[2]).toEqual(['3', 'Name 3', '\n']);
  });

  test('a few broken lines do not make it JSON of one value, which would end within the first of them', async () => {
    const { inspection, problems, rows } = await readText(
      `${person(1)}\n{"id":2,"na\n${person(3)},\n[4]\n${person(5)}${person(6)}\n${person(7)}`,
    );
    expect(inspection.dialect.format).toBe('ndjson');
    expect(problems).toEqual([2, 3, 4, 5].map((row) => `${row} row.unreadable`));
    expect(rows[5]).toEqual(['7', 'Name 7']);
  });

  test('a line that is not UTF-8 is a problem that names the byte', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${person(1)}\n{"id":2,"name":"Jos`),
      Buffer.of(0xe9),
      Buffer.from(`"}\n${person(3)}\n`),
    ]);
    const { faults, rows } = await readText(bytes, { given: { encoding: 'utf-8' } });
    expect(faults).toMatchObject([{ row: 2, code: 'cell.undecodable', offset: bytes.indexOf(0xe9) }]);
    expect(rows[2]).toEqual(['3', 'Name 3']);
  });

  test('a single object is a row', async () => {
    expect((await readText(person(1))).rows).toEqual([['1', 'Name 1']]);
  });

  test('a line longer than may be held is passed over', async () => {
    const { problems, rows } = await readText(
      `${person(1)}\n{"id":2,"x":"${'y'.repeat(900_000)}"}\n${person(3)}\n`,
      {
        limits: { rowBytesMax: 100_000 },
      },
    );
    expect(problems).toEqual(['2 cell.too_long']);
    expect(rows[2]).toEqual(['3', 'Name 3']);
  });

  test('what is written reads back equal', async () => {
    const names = ['id', '__proto__', 'a "b"'];
    const rows = [
      ['1', 'x\ny', '🙂"\\'],
      ['', 'null', '1.10'],
    ];
    const read = await readText(rows.map((row) => encodeNdjsonRow(names, row)).join(''));
    expect(read.names).toEqual(names);
    expect(read.rows).toEqual(rows);
  });
});
