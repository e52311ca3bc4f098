import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A certificate for some hosts and the authority that vouches for it, all as PEM. */
export interface LocalCertificate {
  /** What a machine must trust, once. */
  authority: string;
  /** The hosts' certificate, followed by the authority's. */
  certificate: string;
  key: string;
  /** The authority's key as browsers pin it: base64 of the SHA-256 of its public key. */
  pin: string;
}

const DAY_MS = 24 * 3600 * 1000;
/** Browsers take no server's certificate that lasts longer. */
const LIFETIME_MS = 397 * DAY_MS;

/**
 * Makes an authority for this machine alone and a certificate of it for `hosts` (names, `*.` in front for all below). The
 * authority's own key is not kept: nobody can have it vouch for anything else later.
 */
export function localCertificate(hosts: readonly string[], now: Date): LocalCertificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const from = new Date(now.getTime() - DAY_MS);
  const span = { from, until: new Date(from.getTime() + LIFETIME_MS) };
  const issuer = `Latchkey local authority ${randomBytes(4).toString('hex')}`;
  const root = certificate(
    { subject: issuer, issuer, ...span, publicKey: authority.publicKey },
    [extension(OID.basicConstraints, sequence(TRUE), true), extension(OID.keyUsage, bits(0x06, 1), true)],
    authority.privateKey,
  );
  const leaf = certificate(
    { subject: hosts[0]!, issuer, ...span, publicKey: server.publicKey },
    [
      extension(OID.keyUsage, bits(0x80, 7), true),
      extension(OID.extendedKeyUsage, sequence(OID.serverAuth)),
      extension(OID.subjectAltName, sequence(...hosts.map((host) => der(0x82, Buffer.from(host, 'ascii'))))),
    ],
    authority.privateKey,
  );
  const spki = authority.publicKey.export({ type: 'spki', format: 'der' });
  return {
    authority: pem(root),
    certificate: pem(leaf) + pem(root),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    pin: createHash('sha256').update(spki).digest('base64'),
  };
}

interface Named {
  subject: string;
  issuer: string;
  from: Date;
  until: Date;
  publicKey: KeyObject;
}

/** An X.509 certificate of version 3 (RFC 5280 4.1), signed with ECDSA over SHA-256. */
function certificate({ subject, issuer, from, until, publicKey }: Named, extensions: Buffer[], key: KeyObject): Buffer {
  // 64 random bits after a first one that keeps the number positive.
  const serial = Buffer.concat([Buffer.of(1), randomBytes(8)]);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, serial),
    sequence(OID.ecdsaWithSha256),
    name(issuer),
    sequence(time(from), time(until)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = Buffer.concat([Buffer.of(0), sign('sha256', body, key)]);
  return sequence(body, sequence(OID.ecdsaWithSha256), der(0x03, signature));
}

/** A value with its tag and length (ITU-T X.690). */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...bytes), content]);
}

const oid = (...bytes: number[]) => der(0x06, Buffer.of(...bytes));
const OID = {
  commonName: oid(0x55, 0x04, 0x03),
  keyUsage: oid(0x55, 0x1d, 0x0f),
  subjectAltName: oid(0x55, 0x1d, 0x11),
  basicConstraints: oid(0x55, 0x1d, 0x13),
  extendedKeyUsage: oid(0x55, 0x1d, 0x25),
  serverAuth: oid(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01),
  ecdsaWithSha256: oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02),
};
const TRUE = der(0x01, Buffer.of(0xff));

const sequence = (...parts: Buffer[]) => der(0x30, Buffer.concat(parts));
const bits = (value: number, unused: number) => der(0x03, Buffer.of(unused, value));
const name = (text: string) => sequence(der(0x31, sequence(OID.commonName, der(0x0c, Buffer.from(text)))));
const time = (date: Date) => der(0x17, Buffer.from(date.toISOString().replace(/^..|[-:T]|\.\d+/g, '')));
const extension = (id: Buffer, value: Buffer, isCritical = false) =>
  sequence(id, ...(isCritical ? [TRUE] : []), der(0x04, value));

function pem(content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g)!;
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
