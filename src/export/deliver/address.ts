/**
 * Where a delivery may go: a tenant says an address, and the program must not become his way into the operator's
 * network. So TLS is asked for, and a name is looked up once: each address that it stands for must be a public one, and
 * the connection goes to what was looked at. A name that means something else a moment later changes nothing.
 *
 * CLIENTELE_PRIVATE_ADDRESSES=allowed lifts both.
 */
import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';

/** IANA's registries of special-purpose addresses (RFC 6890), and multicast. */
const special4 =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 ' +
  '192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4';
/** All that is public lies in 2000::/3. Within it: Teredo and others, examples, 6to4, which leads to addresses of version 4. */
const public6 = '2000::/3';
const special6 = '2001::/23 2001:db8::/32 2002::/16 3fff::/20';

const refused = blockList(special4, 'ipv4');
const refused6 = blockList(special6, 'ipv6');
const taken6 = blockList(public6, 'ipv6');

function blockList(networks: string, family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const network of networks.split(' ')) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}

export function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !refused.check(address, 'ipv4');
  return isIP(address) === 6 && taken6.check(address, 'ipv6') && !refused6.check(address, 'ipv6');
}

/**
 * What can be told of an address before anything is looked up.
 *
 * @param what names it in the refusal: `The address of the webhook`.
 * @throws AppError `delivery.address`
 */
export function checkedAddress(text: string, what: string): URL {
  const url = URL.parse(text);
  if (url === null) throw refusal(`${what} is no URL.`);
  const { privateAddresses } = configuration();
  if (url.protocol !== 'https:' && !(privateAddresses && url.protocol === 'http:'))
    throw refusal(`${what} begins with https://.`);
  if (url.username !== '' || url.password !== '')
    throw refusal(`${what} holds a user or a password, which would be seen by everybody who reads it.`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !privateAddresses && !isPublic(host))
    throw refusal(`${what} leads to an address that is not public.`);
  return url;
}

/** In the place of Node's own look-up, for each connection. */
export const guardedLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, '');
    const [first] = addresses;
    const isAllowed = configuration().privateAddresses || addresses.every(({ address }) => isPublic(address));
    if (!isAllowed || first === undefined) return done(new NotPublic(), '');
    if (options.all === true) return done(null, addresses as LookupAddress[]);
    done(null, first.address, first.family);
  });
};

/** The name stands for an address that is not public. */
export class NotPublic extends Error {
  constructor() {
    super('The name stands for an address that is not public.');
    this.name = 'NotPublic';
  }
}

function refusal(message: string): AppError {
  return new AppError('delivery.address', message);
}
