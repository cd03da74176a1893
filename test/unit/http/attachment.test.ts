/** Names of files in a header, which takes ASCII and is ended by a line. */
import { expect, test } from 'vitest';
import { attachment } from '../../../src/http/attachment.ts';

test.each([
  ['customers.csv', 'attachment; filename="customers.csv"'],
  ['Über uns.csv', `attachment; filename="_ber uns.csv"; filename*=UTF-8''%C3%9Cber%20uns.csv`],
  ['a"b\\c.csv', `attachment; filename="a_b_c.csv"; filename*=UTF-8''a%22b%5Cc.csv`],
  [
    'a\r\nSet-Cookie: b',
    `attachment; filename="a__Set-Cookie: b"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b`,
  ],
  ["it's (1)*.csv", `attachment; filename="it's (1)*.csv"`],
])('%j', (name, header) => {
  expect(attachment(name)['content-disposition']).toBe(header);
});
