/**
 * certificate.ts: certificates with real keys for the demo realm and for tests. Each property can be broken alone.
 *
 * In:   what should stand in the certificate, and the time that counts as now
 * Out:  certificate, key and chain as DER and PEM; every one can issue others
 * Not:  extensions' content (certificate-parts.ts), keeping anything secret: nothing made here is for real use
 */
import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { decodeCertificate, type Certificate } from '../wire/certificate.ts';
import { encodePem } from '../wire/pem.ts';
import { extensionNodes, nameNode, type Parts } from './certificate-parts.ts';
import {
  bits,
  encode,
  integer,
  nothing,
  oid,
  parsed,
  sequence,
  small,
  tagged,
  time,
  type Node,
} from './der.ts';

export type KeyKind = 'ec' | 'ec384' | 'ec521' | 'rsa' | 'rsa-pss' | 'ed25519' | 'ed448';
export type SignWith = 'sha1' | 'sha256' | 'sha384' | 'sha512' | 'md5' | 'pss-sha256' | 'pss-sha512';

export type CertificateOptions = Parts & {
  /** Milliseconds since 1970: validity is measured from here. */
  readonly now: number;
  /** Default: now minus one day. */
  readonly notBefore?: number;
  /** Default: now plus 90 days; ten years for a CA. */
  readonly notAfter?: number;
  /** A new key of this kind (default `ec`), or one that exists already: a renewal, a cross-signed CA. */
  readonly key?: KeyKind | KeyObject;
  /** For `rsa`; default 2048. */
  readonly rsaBits?: number;
  /** Default: what fits the signer's key; SHA-256 for RSA. */
  readonly signWith?: SignWith;
  /** For RSA-PSS; default: as long as the hash. */
  readonly saltLength?: number;
  readonly version?: 1 | 3;
  readonly serial?: Uint8Array;
  /** Breaks one bit of the finished signature. */
  readonly corrupt?: true;
};

export type Issued = {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly key: KeyObject;
  /** PKCS #8. */
  readonly keyPem: string;
  /** The certificate and its intermediates, without the self-signed root. */
  readonly chainPem: string;
  readonly chain: readonly Uint8Array[];
  readonly certificate: Certificate;
  /** The signer of what this one issues; also works where it is no CA: that is one of the ways to break a path. */
  issue(options: CertificateOptions): Issued;
};

/** A self-signed CA: `name` becomes the common name, unless `subject` says otherwise. */
export function makeCa(options: CertificateOptions & { readonly name: string }): Issued {
  return selfSigned({
    isCa: true,
    ku: ['keyCertSign', 'cRLSign'],
    subject: [['CN', options.name]],
    ...options,
  });
}

/** A certificate signed by its own key. Without `isCa` it is an end-entity certificate. */
export function selfSigned(options: CertificateOptions): Issued {
  const key = keyOf(options);
  return build(options, key, { key, subject: nameNode(options), keyId: keyId(key), chain: [], self: true });
}

type Signer = {
  readonly key: KeyObject;
  readonly subject: Node;
  readonly keyId: Uint8Array;
  /** The signer's own chain; empty for a root, which servers do not send. */
  readonly chain: readonly Uint8Array[];
  readonly self: boolean;
};

function build(options: CertificateOptions, key: KeyObject, signer: Signer): Issued {
  const { algorithm, finish } = signing(signer.key, options.signWith, options.saltLength);
  const version = options.version ?? 3;
  const longLived = options.isCa === true ? 3650 : 90;
  const tbs = sequence(
    ...(version === 3 ? [tagged(0, small(2))] : []),
    integer(options.serial ?? freshSerial()),
    algorithm,
    signer.subject,
    sequence(
      time(options.notBefore ?? options.now - DAY),
      time(options.notAfter ?? options.now + longLived * DAY),
    ),
    nameNode(options),
    parsed(spki(key)),
    ...(version === 3 ? [tagged(3, sequence(...extensionNodes(options, keyId(key), signer.keyId)))] : []),
  );
  const signature = finish(encode(tbs));
  if (options.corrupt === true) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  const der = encode(sequence(tbs, algorithm, bits(signature)));
  const chain = signer.self ? [der] : [der, ...signer.chain];
  const decoded = decodeCertificate(der);
  if (!decoded.ok) throw new Error(`built a certificate that does not parse: ${decoded.problem.detail}`);
  return {
    der,
    pem: encodePem(der),
    key,
    keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    chainPem: chain.map(encodePem).join(''),
    chain,
    certificate: decoded.value,
    issue: (more) =>
      build(more, keyOf(more), {
        key,
        subject: nameNode(options),
        keyId: keyId(key),
        chain: signer.self ? [] : chain,
        self: false,
      }),
  };
}

/** A key of the kind asked for, or the key that was handed in. */
export function keyOf(options: Pick<CertificateOptions, 'key' | 'rsaBits'>): KeyObject {
  const kind = options.key ?? 'ec';
  if (typeof kind !== 'string') return kind;
  switch (kind) {
    case 'ec':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case 'ec384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    case 'ec521':
      return generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey;
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey;
    case 'ed448':
      return generateKeyPairSync('ed448').privateKey;
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength: options.rsaBits ?? 2048 }).privateKey;
    case 'rsa-pss':
      return generateKeyPairSync('rsa-pss', { modulusLength: options.rsaBits ?? 2048 }).privateKey;
  }
}

/** SubjectPublicKeyInfo of a private key, DER. */
export function spki(key: KeyObject): Uint8Array {
  return new Uint8Array(
    createPublicKey(key.export({ type: 'pkcs8', format: 'pem' })).export({ type: 'spki', format: 'der' }),
  );
}

/** RFC 5280 4.2.1.2, method 1 in spirit: a hash of the key. Nothing depends on which. */
function keyId(key: KeyObject): Uint8Array {
  return new Uint8Array(createHash('sha1').update(spki(key)).digest());
}

type Signing = { readonly algorithm: Node; readonly finish: (tbs: Uint8Array) => Uint8Array };

/** The AlgorithmIdentifier and the signature function for a key. */
export function signing(key: KeyObject, how?: SignWith, salt?: number): Signing {
  const type = key.asymmetricKeyType;
  const done = (signature: Buffer): Uint8Array => new Uint8Array(signature);
  if (type === 'ed25519') {
    return { algorithm: sequence(oid('1.3.101.112')), finish: (tbs) => done(sign(null, tbs, key)) };
  }
  if (type === 'ed448') {
    return { algorithm: sequence(oid('1.3.101.113')), finish: (tbs) => done(sign(null, tbs, key)) };
  }
  if (type === 'ec') {
    const curve = key.asymmetricKeyDetails?.namedCurve;
    const hash = how ?? (curve === 'secp384r1' ? 'sha384' : curve === 'secp521r1' ? 'sha512' : 'sha256');
    const id = ECDSA[hash];
    if (id === undefined) throw new Error(`no ECDSA with ${hash}`);
    return { algorithm: sequence(oid(id)), finish: (tbs) => done(sign(hash, tbs, key)) };
  }
  const hash = (how ?? (type === 'rsa-pss' ? 'pss-sha256' : 'sha256')).replace('pss-', '');
  if (type === 'rsa-pss' || how?.startsWith('pss-') === true) {
    const saltLength = salt ?? (hash === 'sha512' ? 64 : 32);
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return {
      algorithm: pssAlgorithm(hash, saltLength),
      finish: (tbs) => done(sign(hash, tbs, { key, padding, saltLength })),
    };
  }
  const id = RSA[hash];
  if (id === undefined) throw new Error(`no RSA with ${hash}`);
  return { algorithm: sequence(oid(id), nothing()), finish: (tbs) => done(sign(hash, tbs, key)) };
}

function pssAlgorithm(hash: string, saltLength: number): Node {
  const id = sequence(
    oid(hash === 'sha512' ? '2.16.840.1.101.3.4.2.3' : '2.16.840.1.101.3.4.2.1'),
    nothing(),
  );
  const mask = sequence(oid('1.2.840.113549.1.1.8'), id);
  return sequence(
    oid('1.2.840.113549.1.1.10'),
    sequence(tagged(0, id), tagged(1, mask), tagged(2, small(saltLength))),
  );
}

function freshSerial(): Uint8Array {
  const bytes = new Uint8Array(randomBytes(16));
  // Positive and without a leading zero byte (RFC 5280 4.1.2.2).
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

const DAY = 86_400_000;
/** RFC 3279 2.2.3, RFC 5758 3.2. */
const ECDSA: Readonly<Record<string, string>> = {
  sha1: '1.2.840.10045.4.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};
/** RFC 3279 2.2.1, RFC 4055 5. */
const RSA: Readonly<Record<string, string>> = {
  md5: '1.2.840.113549.1.1.4',
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
};
