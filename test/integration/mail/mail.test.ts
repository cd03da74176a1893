import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openMail } from '../../../src/mail/mail.ts';
import { log } from '../../../src/platform/log.ts';
import { receiveMail, type SmtpReceiver, textOf } from './smtp-receiver.ts';

const message = {
  to: 'ada@example.com',
  subject: 'Grüße',
  text: 'Straße 1\n.\nend\n',
  html: '<p>Straße</p>',
};

describe('with a mail server', () => {
  let server: SmtpReceiver;

  beforeAll(async () => {
    server = await receiveMail();
  });

  afterAll(() => server.close());

  afterEach(() => {
    server.received.length = 0;
    server.offered.length = 0;
    server.replies.length = 0;
  });

  const open = () => openMail({ smtp: server.config, retryPauseMs: 1 });

  test('a mail arrives as text and HTML, by the user of the address', async () => {
    const mail = open();
    await mail.send(message);
    await mail.close();
    expect(server.received).toMatchObject([
      { from: 'no-reply@example.com', to: ['ada@example.com'], user: 'clientele' },
    ]);
    const [{ source = '' } = {}] = server.received;
    expect(source).toMatch(/^From: Clientele <no-reply@example\.com>\r$/m);
    expect(source).toMatch(/^To: ada@example\.com\r$/m);
    expect(source).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(Buffer.from(textOf(source), 'latin1').toString()).toContain('Straße 1\r\n.\r\nend');
    expect(source).toContain('text/html');
  });

  test('nothing in a subject becomes a header', async () => {
    const mail = open();
    const subject = 'Hello\r\nBcc: eve@example.com\u2028X-Header: y\n\nBody';
    await mail.send({ ...message, subject });
    const [{ source = '', to } = {}] = server.received;
    expect(to).toEqual(['ada@example.com']);
    const [head = ''] = source.split('\r\n\r\n');
    expect(head.split('\r\n').filter((line) => /^(bcc|x-header):/i.test(line))).toEqual([]);
    expect(head).toMatch(/^Subject: Hello Bcc: eve@example\.com X-Header: y Body\r$/m);
  });

  test.each([
    'ada@example.com, eve@example.com',
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com\r\nRCPT TO:<eve@example.com>',
    'Ada <ada@example.com>',
    'ada@example.com>',
    'group: ada@example.com;',
    'ada',
    '',
    `${'x'.repeat(320)}@example.com`,
  ])('%j is no address that a mail goes to', async (to) => {
    await expect(open().send({ ...message, to })).rejects.toMatchObject({ code: 'mail.failed' });
    expect(server.offered).toEqual([]);
  });

  test('what fails for the moment is tried once more', async () => {
    server.replies.push({ code: 451, text: 'later' });
    await open().send(message);
    expect(server.received).toHaveLength(1);
    expect(server.offered).toHaveLength(2);
    server.offered.length = 0;
    server.replies.push({ code: 451, text: 'later' }, { code: 452, text: 'later ada@example.com' });
    const failed = open().send(message);
    await expect(failed).rejects.toMatchObject({ code: 'mail.failed', status: 502, details: { reply: 452 } });
    await expect(failed).rejects.not.toThrow('ada');
    expect(server.offered).toHaveLength(2);
  });

  test('what is refused for good is not', async () => {
    server.replies.push({ code: 550, text: 'no such user' });
    await expect(open().send(message)).rejects.toMatchObject({
      code: 'mail.failed',
      details: { reply: 550 },
    });
    expect(server.offered).toHaveLength(1);
  });

  test('a wrong password is refused, and not told', async () => {
    const smtp = { ...server.config, url: server.config.url.replace('clientele:', 'clientele:sesame') };
    const failed = openMail({ smtp, retryPauseMs: 1 }).send(message);
    await expect(failed).rejects.toMatchObject({ code: 'mail.failed' });
    await expect(failed).rejects.not.toThrow('sesame');
  });
});

test('a mail server that says nothing is given up', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  // The timeouts of the address count, being given there.
  const url = `smtp://127.0.0.1:${port}?greetingTimeout=50`;
  const failed = openMail({ smtp: { url, from: 'a@example.com' }, retryPauseMs: 1 }).send(message);
  await expect(failed).rejects.toMatchObject({ code: 'mail.failed' });
  silent.close();
});

describe('without one', () => {
  test('a mail lies in the outbox, whole and for its owner’s eyes, and the log says so without telling whose', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'clientele-mail-'));
    const warned = vi.spyOn(log(), 'warn').mockImplementation(() => {});
    const mail = openMail({ smtp: null, dataFolder });
    await mail.send(message);
    await mail.close();
    const files = await readdir(join(dataFolder, 'outbox'));
    expect(files).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d-]+\.\d{3}Z-[0-9a-f-]{36}\.eml$/)]);
    const path = join(dataFolder, 'outbox', files[0] as string);
    const source = await readFile(path, 'utf8');
    expect(source).toContain('To: ada@example.com');
    expect((await stat(path)).mode & 0o077).toBe(0);
    expect(warned).toHaveBeenCalledTimes(1);
    const line = JSON.stringify(warned.mock.calls[0]);
    expect(line).toContain(files[0]);
    for (const kept of ['ada', 'example.com', 'Stra', 'Gr']) expect(line).not.toContain(kept);
    warned.mockRestore();
    await rm(dataFolder, { recursive: true });
  });
});
