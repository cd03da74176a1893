import { readFile as readBytes } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { readText, sample } from './reading.ts';

const northwind = await readBytes(sample('northwind-customers.csv'), 'utf8');
const polish =
  'Imię,Nazwisko,Miasto,Uwagi\r\nŁukasz,Wójcik,Łódź,zażółć gęślą jaźń\r\nŻaneta,Świątek,Gdańsk,klient od 2019\r\nŹródło,Ćwikła,Kraków,śródmieście\r\n';
const czech =
  'id;jméno;město\r\n1;Jiří Dvořák;Plzeň\r\n2;Věra Růžičková;České Budějovice\r\n3;Tomáš Šťastný;Žďár\r\n';
const hungarian = 'név,város\r\nErdős László,Győr\r\nSzűcs Jenő,Székesfehérvár\r\nTóth Mária,Pécs\r\n';
const german =
  'Name;Straße;Ort\r\nJürgen Müller;Königsallee 5;Düsseldorf\r\nBärbel Groß;Hauptstraße 1;Köln\r\n';
const turkish = 'ad,şehir\r\nİbrahim Yılmaz,İstanbul\r\nÇağlar Şahin,Diyarbakır\r\nGülşen Öztürk,Muğla\r\n';
const russian =
  'Имя,Фамилия,Город\r\nНаталья,Кузнецова,Санкт-Петербург\r\nСергей,Щербаков,Нижний Новгород\r\nФёдор,Ёлкин,Йошкар-Ола\r\n';
const ukrainian = "ім'я,місто\r\nОлексій Їжакевич,Київ\r\nЄвген Ґудзь,Запоріжжя\r\n";
const estonian = 'eesnimi,perenimi,linn\r\nŽanna,Mägi,Jõhvi\r\nÜlle,Žukova,Pärnu\r\nÕie,Tamm,Põltsamaa\r\n';
// Windows has Vietnamese with the tones apart.
const vietnamese =
  'tên,đươ\u0300ng,ghi chú\r\nNguyê\u0303n Thu,Ly\u0301 Thươ\u0300ng Kiê\u0323t,go\u0323i la\u0323i sau\r\nĐào Vinh,Phô\u0301 Huê\u0301,đa\u0303 tra\u0309 tiê\u0300n\r\n';
const greek = 'όνομα,πόλη\r\nΓιώργος Παπαδόπουλος,Θεσσαλονίκη\r\nΕλένη Οικονόμου,Αθήνα\r\n';
const japanese = '名前,住所\r\n山田太郎,東京都千代田区\r\nさとう花子,おおさか\r\n';
const chinese = '姓名,城市\r\n王小明,北京\r\n陈静,上海市浦东新区\r\n';
const korean = '이름,도시\r\n김철수,서울\r\n이영희,부산\r\n';

const guessed: Record<string, [text: string, encodings: readonly string[]]> = {
  'customers of many Western countries': [
    northwind,
    ['windows-1252', 'iso-8859-1', 'iso-8859-15', 'macintosh', 'cp850'],
  ],
  Polish: [polish, ['windows-1250', 'iso-8859-2', 'cp852']],
  Czech: [czech, ['windows-1250', 'iso-8859-2', 'cp852']],
  Hungarian: [hungarian, ['windows-1250', 'iso-8859-2', 'cp852']],
  German: [german, ['windows-1252', 'macintosh', 'cp850']],
  Turkish: [turkish, ['windows-1254', 'iso-8859-9']],
  Russian: [russian, ['windows-1251', 'koi8-r', 'iso-8859-5', 'cp866']],
  Ukrainian: [ukrainian, ['windows-1251', 'koi8-u', 'maccyrillic']],
  Estonian: [estonian, ['windows-1257', 'iso-8859-13', 'iso-8859-15']],
  Vietnamese: [vietnamese, ['windows-1258']],
  Greek: [greek, ['windows-1253', 'iso-8859-7']],
  Japanese: [japanese, ['shift_jis', 'euc-jp']],
  Chinese: [chinese, ['gb18030']],
  Korean: [korean, ['euc-kr']],
};

/** What a file of UTF-8 with this text gives. */
async function truth(text: string) {
  const { names, rows } = await readText(text);
  return { names, rows };
}

describe('a legacy encoding is guessed and said to be a guess', () => {
  for (const [language, [text, encodings]] of Object.entries(guessed)) {
    for (const encoding of encodings) {
      test(`${language} in ${encoding}`, async () => {
        const { names, rows, faults, inspection } = await readText(iconv.encode(text, encoding));
        expect({ names, rows }).toEqual(await truth(text));
        expect(faults).toEqual([]);
        expect(inspection.encodingCertain).toBe(false);
        expect(inspection.notes[0]).toMatch(
          /^The file does not say its encoding; as .* it reads ".*Name the encoding if that is wrong\.$/,
        );
      });
    }
  }

  test('and so it is from samples of a long file', async () => {
    const rows = northwind.slice(northwind.indexOf('\n') + 1);
    const text = northwind + rows.repeat(90);
    const read = await readText(iconv.encode(text, 'macintosh'), { whole: false });
    expect(read.inspection.dialect.encoding).toBe('macintosh');
    expect(read.rows).toEqual((await truth(text)).rows);
  });

  test('and signs alone are read where they make sense', async () => {
    for (const [encoding, text] of [
      ['windows-1252', 'item,price\nMug,£5.00\nCup,£6.00\n'],
      ['windows-1252', 'item,note\nOven,“up to 250°C”\nFan,it’s loud – really\n'],
      ['iso-8859-15', 'item,price\nMug,€5.00\nCup,€6.00\n'],
    ] as const) {
      const { rows } = await readText(iconv.encode(text, encoding));
      expect(rows, encoding).toEqual((await truth(text)).rows);
    }
  });

  test('a person can name another', async () => {
    const { rows, inspection } = await readText(iconv.encode(german, 'cp850'), {
      given: { encoding: 'windows-1250' },
    });
    expect(inspection.dialect.encoding).toBe('windows-1250');
    expect(inspection.encodingCertain).toBe(true);
    expect(rows[0]?.[0]).toBe('J\u0081rgen M\u0081ller'.replaceAll('\u0081', '\\xff'));
    await expect(readText(german, { given: { encoding: 'klingon' } })).rejects.toMatchObject({
      code: 'usage.invalid',
    });
  });
});

test('a Mac writes the euro where its older tables have another sign', async () => {
  const bytes = Buffer.from('id,note\r\n1,H\x8el\x8fne\r\n2,20 \xdb pay\x8es\r\n', 'latin1');
  const { rows, inspection } = await readText(bytes);
  expect(inspection.dialect.encoding).toBe('macintosh');
  expect(rows.map(([, note]) => note)).toEqual(['Hélène', '20 € payés']);
});

describe('Unicode', () => {
  const marks = {
    'utf-8': [0xef, 0xbb, 0xbf],
    'utf-16le': [0xff, 0xfe],
    'utf-16be': [0xfe, 0xff],
    'utf-32le': [0xff, 0xfe, 0, 0],
    'utf-32be': [0, 0, 0xfe, 0xff],
  };
  for (const [encoding, mark] of Object.entries(marks)) {
    for (const marked of [true, false]) {
      test(`${encoding} ${marked ? 'with' : 'without'} a byte-order mark`, async () => {
        for (const text of [northwind, russian, japanese]) {
          const bytes = iconv.encode(text, encoding, { addBOM: false });
          const read = await readText(marked ? Buffer.concat([Buffer.from(mark), bytes]) : bytes);
          expect({ names: read.names, rows: read.rows }).toEqual(await truth(text));
          expect(read.inspection).toMatchObject({ encodingCertain: true, dialect: { encoding } });
        }
      });
    }
  }

  test('letters of which one half is a NUL do not hide UTF-16 and UTF-32', async () => {
    const text = `이름,주소\r\n${'강대한,대전시 대덕대로 1\r\n一言一,최강대\r\n'.repeat(20)}`;
    for (const encoding of ['utf-16le', 'utf-16be', 'utf-32le', 'utf-32be']) {
      const read = await readText(iconv.encode(text, encoding, { addBOM: false }));
      expect(read.inspection.dialect.encoding).toBe(encoding);
      expect({ names: read.names, rows: read.rows }).toEqual(await truth(text));
    }
  });

  test('cells padded with NULs do not make text UTF-16', async () => {
    const padded = (cell: string) => cell.concat('\0');
    const text = `${padded('id')},${padded('name')}\n${`${padded('1')},${padded('Ann Smith')}\n`.repeat(30)}`;
    const { inspection, faults } = await readText(text);
    expect(inspection.dialect.encoding).toBe('utf-8');
    expect(faults.map(({ code }) => code)).toEqual(Array.from({ length: 30 }, () => 'cell.nul'));
  });

  test('offsets are those of the file, whatever its encoding', async () => {
    const text = 'id,name\r\n1,Zoë 🙂\r\n2,Łukasz\r\n3,Ann\r\n';
    for (const encoding of ['utf-8', 'utf-16le', 'utf-16be', 'utf-32le', 'utf-32be']) {
      const bytes = iconv.encode(text, encoding, { addBOM: true });
      const { offsets } = await readText(bytes);
      const starts = ['1', '2', '3'].map((digit) => iconv.encode(digit, encoding, { addBOM: false }));
      expect(
        offsets.map((offset, i) => bytes.subarray(offset, offset + (starts[i]?.length ?? 0))),
        encoding,
      ).toEqual(starts);
    }
    for (const [encoding, content] of [
      ['windows-1251', russian],
      ['shift_jis', japanese],
      ['gb18030', chinese],
    ] as const) {
      const bytes = iconv.encode(content, encoding);
      const { offsets } = await readText(bytes, { given: { encoding } });
      const lines = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
      expect(offsets, encoding).toEqual(lines.slice(0, -1));
    }
  });

  test('a character cut by the edge of a chunk is whole', async () => {
    const text = `id,name\n${Array.from({ length: 30_000 }, (_, i) => `${i},${'é'.repeat(i % 7)}🙂日本\n`).join('')}`;
    const { rows, faults } = await readText(text);
    expect(faults).toEqual([]);
    expect(rows.every(([id, name]) => name === `${'é'.repeat(Number(id) % 7)}🙂日本`)).toBe(true);
  });

  test('one long line is UTF-8 wherever it is cut to be looked at', async () => {
    const json = JSON.stringify(
      Array.from({ length: 3000 }, (_, i) => ({ id: i, note: 'é日本🙂'.repeat(40 + (i % 7)) })),
    );
    for (const [content, whole] of [
      [json, true],
      [json, false],
      [gzipSync(json), false],
    ] as const) {
      const { inspection, faults } = await readText(content, { whole });
      expect(inspection).toMatchObject({ encodingCertain: true, notes: [], dialect: { encoding: 'utf-8' } });
      expect(faults).toEqual([]);
    }
  });

  test('half of a character is a problem that names row, column and byte', async () => {
    const bytes = Buffer.concat([
      Buffer.from('id,name\n1,Ann\n2,Al', 'utf16le'),
      Buffer.from([0x3d, 0xd8]),
      Buffer.from('x\n3,Cy\n', 'utf16le'),
    ]);
    const { faults } = await readText(bytes, { given: { encoding: 'utf-16le' } });
    expect(faults).toEqual([
      {
        row: 2,
        code: 'cell.undecodable',
        column: 1,
        offset: 36,
        details: { byte: 36, encoding: 'utf-16le' },
      },
    ]);
  });
});

describe('text that is not what it should be', () => {
  test('UTF-8 with a few rows in another encoding stays UTF-8, and those rows are problems', async () => {
    const lines = northwind.split('\r\n');
    const bytes = Buffer.concat(
      lines.map((line, i) =>
        i === 8 || i === 35 ? iconv.encode(`${line}\r\n`, 'windows-1252') : Buffer.from(`${line}\r\n`),
      ),
    );
    const { faults, rows, inspection } = await readText(bytes);
    expect(faults.map(({ row, code }) => `${row} ${code}`)).toEqual([
      '8 cell.undecodable',
      '35 cell.undecodable',
    ]);
    expect(bytes[faults[0]?.offset ?? 0]).toBe(0xf3);
    expect(rows).toHaveLength(91);
    expect(rows[7]?.[1]).toBe('B\\xf3lido Comidas preparadas');
    expect(inspection.dialect.encoding).toBe('utf-8');
    expect(inspection.notes).toEqual(['The file is UTF-8, but for 2 lines, reported as problems.']);
  });

  test('a byte without a meaning in the encoding is a problem of its row', async () => {
    const bytes = Buffer.concat([
      iconv.encode('id,name\n1,José\n2,Zoë\n3,x', 'windows-1252'),
      Buffer.of(0x81),
      Buffer.from('y\n'),
    ]);
    const { faults } = await readText(bytes, { given: { encoding: 'windows-1252' } });
    expect(faults).toEqual([
      {
        row: 3,
        code: 'cell.undecodable',
        column: 1,
        offset: 24,
        details: { byte: 24, encoding: 'windows-1252' },
      },
    ]);
  });

  test('UTF-8 that was decoded wrongly once before is loaded as it stands, with warnings', async () => {
    for (const misread of ['windows-1252', 'macintosh', 'cp850']) {
      const spoiled = iconv.decode(Buffer.from('id,name\n1,José\n2,Ann\n3,Zoë Müller\n'), misread);
      const { rows, faults, warnings, inspection } = await readText(spoiled);
      expect(rows[0]?.[1], misread).toBe(iconv.decode(Buffer.from('José'), misread));
      expect(faults, misread).toEqual([]);
      expect(
        warnings.map(({ row, code, column }) => `${row} ${code} ${column}`),
        misread,
      ).toEqual(['1 cell.mojibake 1', '3 cell.mojibake 1']);
      expect(inspection.notes.join(' '), misread).toContain('It is loaded as it stands.');
    }
  });

  test('accents and quotation marks that are meant so give no warning', async () => {
    const { warnings, inspection } = await readText(`${northwind}x,«Müß» – Ärger,JOÃO,São Tomé…,,,,,,,\r\n`);
    expect(warnings).toEqual([]);
    expect(inspection.notes).toEqual([]);
  });

  test('replacement characters, in which letters were lost before, give one', async () => {
    const { warnings } = await readText('id,name\n1,Jos\ufffd\n2,Ann\n');
    expect(warnings.map(({ row, code }) => `${row} ${code}`)).toEqual(['1 cell.mojibake']);
  });

  test('UTF-7 and ISO-2022-JP are refused', async () => {
    for (const bytes of [
      iconv.encode(northwind, 'utf-7'),
      Buffer.from('id,name\n1,\x1b$B;3ED\x1b(B\n', 'latin1'),
    ]) {
      await expect(readText(bytes)).rejects.toMatchObject({ code: 'file.encoding' });
    }
  });

  test.each([
    ['phone numbers', '+12175550100', '+12175550104'],
    ['an address with a plus', 'ann+abc@example.com', 'bob@example.com'],
    ['several of them', 'ann+abc@example.com', 'bob+news2021@example.com'],
    ['a word of base64 letters', 'C+AAAA', 'D'],
  ])('%s are not UTF-7', async (_, first, second) => {
    const { inspection, rows } = await readText(`Name,Contact\nAnn,${first}\nBob,${second}\n`);
    expect(inspection.dialect.encoding).toBe('utf-8');
    expect(rows).toEqual([
      ['Ann', first],
      ['Bob', second],
    ]);
  });

  test('plus signs are not UTF-7', async () => {
    const { rows } = await readText(
      'id,phone,note\n1,+44 20 7946 0958,1+1=2\n2,+4915112345678,C++\n3,+ABCDEFGH,A+B-C\n',
    );
    expect(rows[0]).toEqual(['1', '+44 20 7946 0958', '1+1=2']);
  });
});
