/** Where deliveries may go: a tenant's address is no way into the network that the program stands in. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkedAddress, isPublic } from '../../../src/export/deliver/address.ts';
import { putIntoBucket } from '../../../src/export/deliver/bucket.ts';
import { callWebhook, newWebhookSecret } from '../../../src/export/deliver/webhook.ts';

describe('an address is public', () => {
  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '2606:4700::1111',
    '2a00:1450:4001:82a::200e',
  ])('%s', (address) => expect(isPublic(address)).toBe(true));

  test.each([
    ['this machine', '127.0.0.1'],
    ['this machine', '127.255.255.254'],
    ['this network', '0.0.0.0'],
    ['a private network', '10.0.0.1'],
    ['a private network', '172.16.0.1'],
    ['a private network', '172.31.255.255'],
    ['a private network', '192.168.1.1'],
    ['a carrier’s network', '100.64.0.1'],
    ['a link, with a cloud’s metadata', '169.254.169.254'],
    ['many', '224.0.0.1'],
    ['everybody', '255.255.255.255'],
    ['this machine', '::1'],
    ['nobody', '::'],
    ['a link', 'fe80::1'],
    ['a private network', 'fd00::1'],
    ['this machine, as version 6', '::ffff:127.0.0.1'],
    ['a translated address', '64:ff9b::7f00:1'],
    ['one of version 4 within', '2002:7f00:1::'],
    ['an example', '2001:db8::1'],
    ['no address', 'localhost'],
  ])('not when it is of %s: %s', (_, address) => expect(isPublic(address)).toBe(false));
});

describe('before anything is looked up, what is refused is', () => {
  test.each([
    ['no TLS', 'http://example.com/hook', 'https://'],
    ['another scheme', 'file:///etc/passwd', 'https://'],
    ['a password', 'https://user:password@example.com/', 'password'],
    ['no URL', 'example.com', 'no URL'],
    ['this machine', 'https://127.0.0.1/', 'not public'],
    ['this machine as one number', 'https://2130706433/', 'not public'],
    ['this machine in octal', 'https://0177.0.0.1/', 'not public'],
    ['this machine in short', 'https://127.1/', 'not public'],
    ['this machine, as version 6', 'https://[::1]/', 'not public'],
    ['this machine, mapped', 'https://[::ffff:7f00:1]/', 'not public'],
    ['a cloud’s metadata', 'https://169.254.169.254/latest/meta-data/', 'not public'],
  ])('%s: %s', (_, url, reason) => {
    expect(() => checkedAddress(url, 'It')).toThrow(
      expect.objectContaining({ code: 'delivery.address', message: expect.stringContaining(reason) }),
    );
  });

  test('and a public one is not', () => {
    expect(checkedAddress('https://hooks.example.com:8443/a?b=c', 'It').host).toBe('hooks.example.com:8443');
  });
});

/** A name is judged by what it stands for at the moment of the connection, whatever it stood for before. */
describe('a name that stands for this machine', () => {
  let server: Server;
  let connections = 0;
  const never = new AbortController().signal;

  beforeAll(async () => {
    server = createServer();
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  });
  afterAll(() => server.close());

  test('is not connected to by a webhook', async () => {
    const { port } = server.address() as AddressInfo;
    const call = { url: `https://localhost:${port}/`, secret: newWebhookSecret(), id: 'one', body: {} };
    await expect(callWebhook(call, never)).rejects.toMatchObject({ code: 'delivery.address' });
    expect(connections).toBe(0);
  });

  test('is not connected to as an S3 service', async () => {
    const { port } = server.address() as AddressInfo;
    const bucket = {
      bucket: 'files',
      region: 'us-east-1',
      endpoint: `https://localhost:${port}`,
      accessKeyId: 'a',
      secretAccessKey: 'b',
    };
    const put = putIntoBucket(bucket, { key: 'k', source: Readable.from([Buffer.from('x')]) }, never);
    await expect(put).rejects.toMatchObject({ code: 'delivery.address' });
    expect(connections).toBe(0);
  });
});
