/**
 * certificate-parts.ts: names and extensions of the certificates that certificate.ts builds (RFC 5280 4.2).
 *
 * In:   names and limits as plain text
 * Out:  asn1 trees
 * Not:  keys and signatures (certificate.ts)
 */
import { addressBytes } from '../wire/ip.ts';
import {
  bits,
  boolean,
  context,
  encode,
  ia5,
  octets,
  oid,
  printable,
  sequence,
  set,
  small,
  tagged,
  utf8,
  type Node,
} from './der.ts';

export type Names = {
  readonly dns?: readonly string[];
  /** SRVName, e.g. `_xmpp-client.shire.example` (RFC 4985). */
  readonly srv?: readonly string[];
  readonly xmpp?: readonly string[];
  readonly ip?: readonly string[];
  readonly email?: readonly string[];
  readonly uri?: readonly string[];
  /** Common name: goes into the subject, not into the alternative names. */
  readonly cn?: string;
  /** Complete GeneralNames, DER. */
  readonly raw?: readonly Node[];
};

/** Subtrees as text; `ip` as `address/mask`, `directory` as common name. */
export type Subtrees = {
  readonly dns?: readonly string[];
  readonly srv?: readonly string[];
  readonly xmpp?: readonly string[];
  readonly ip?: readonly string[];
  readonly email?: readonly string[];
  readonly uri?: readonly string[];
  readonly directory?: readonly (readonly (readonly [string, string])[])[];
};

export type Parts = {
  readonly names?: Names;
  /** Attributes of the subject in order; default: the common name of `names`, or an empty subject. */
  readonly subject?: readonly (readonly [string, string])[];
  /** How subject texts are written; default utf8. */
  readonly subjectAs?: 'utf8' | 'printable';
  /** true: CA; false: basicConstraints without cA; left out: no basicConstraints. */
  readonly isCa?: boolean;
  readonly pathLen?: number;
  /** Key usage by name (RFC 5280 4.2.1.3); left out: no extension. */
  readonly ku?: readonly KeyUsage[];
  /** Extended key usage by name or number; left out: serverAuth for what is no CA. null: no extension. */
  readonly eku?: readonly string[] | null;
  readonly nameConstraints?: {
    readonly permitted?: Subtrees;
    readonly excluded?: Subtrees;
    readonly critical?: false;
  };
  readonly policies?: readonly string[];
  readonly policyMappings?: readonly (readonly [string, string])[];
  readonly policyConstraints?: { readonly requireExplicit?: number; readonly inhibitMapping?: number };
  readonly inhibitAny?: number;
  /** AIA caIssuers URL. */
  readonly caIssuers?: string;
  readonly keyIds?: false;
  readonly extraExtensions?: readonly {
    readonly oid: string;
    readonly critical?: true;
    readonly value: Uint8Array;
  }[];
};

const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

/** The subject of a certificate with these parts. */
export function nameNode(parts: Pick<Parts, 'names' | 'subject' | 'subjectAs'>): Node {
  const { cn } = parts.names ?? {};
  const attributes = parts.subject ?? (cn === undefined ? [] : [['CN', cn] as const]);
  const text = parts.subjectAs === 'printable' ? printable : utf8;
  return sequence(
    ...attributes.map(([type, value]) => set(sequence(oid(ATTRIBUTES[type] ?? type), text(value)))),
  );
}

/** All extensions in a fixed order. `own` and `issuer` are the key identifiers. */
export function extensionNodes(parts: Parts, own: Uint8Array, issuer: Uint8Array): readonly Node[] {
  const all: Node[] = [];
  const add = (id: string, critical: 'critical' | 'plain', value: Node | Uint8Array): void => {
    const bytes = value instanceof Uint8Array ? value : encode(value);
    all.push(sequence(oid(id), ...(critical === 'critical' ? [boolean('true')] : []), octets(bytes)));
  };
  if (parts.isCa !== undefined) {
    const length = parts.pathLen === undefined ? [] : [small(parts.pathLen)];
    add('2.5.29.19', 'critical', sequence(...(parts.isCa ? [boolean('true'), ...length] : [])));
  }
  if (parts.ku !== undefined) add('2.5.29.15', 'critical', keyUsageNode(parts.ku));
  const eku = parts.eku === undefined && parts.isCa !== true ? ['serverAuth'] : parts.eku;
  if (eku !== undefined && eku !== null)
    add('2.5.29.37', 'plain', sequence(...eku.map((u) => oid(PURPOSES[u] ?? u))));
  const names = generalNames(parts.names ?? {});
  if (names.length > 0) add('2.5.29.17', 'plain', sequence(...names));
  if (parts.keyIds !== false) {
    add('2.5.29.14', 'plain', octets(own));
    add('2.5.29.35', 'plain', sequence(context(0, issuer)));
  }
  if (parts.nameConstraints !== undefined) {
    const { permitted, excluded, critical } = parts.nameConstraints;
    add(
      '2.5.29.30',
      critical === false ? 'plain' : 'critical',
      sequence(
        ...(permitted === undefined ? [] : [tagged(0, ...subtreeNodes(permitted))]),
        ...(excluded === undefined ? [] : [tagged(1, ...subtreeNodes(excluded))]),
      ),
    );
  }
  if (parts.policies !== undefined)
    add('2.5.29.32', 'plain', sequence(...parts.policies.map((p) => sequence(oid(p)))));
  if (parts.policyMappings !== undefined) {
    add('2.5.29.33', 'critical', sequence(...parts.policyMappings.map(([a, b]) => sequence(oid(a), oid(b)))));
  }
  if (parts.policyConstraints !== undefined) {
    const { requireExplicit, inhibitMapping } = parts.policyConstraints;
    const number = (n: number, value: number | undefined): Node[] =>
      value === undefined ? [] : [context(n, Uint8Array.of(value))];
    add('2.5.29.36', 'critical', sequence(...number(0, requireExplicit), ...number(1, inhibitMapping)));
  }
  if (parts.inhibitAny !== undefined) add('2.5.29.54', 'critical', small(parts.inhibitAny));
  if (parts.caIssuers !== undefined) {
    const place = context(6, Buffer.from(parts.caIssuers, 'latin1'));
    add('1.3.6.1.5.5.7.1.1', 'plain', sequence(sequence(oid('1.3.6.1.5.5.7.48.2'), place)));
  }
  for (const extra of parts.extraExtensions ?? []) {
    add(extra.oid, extra.critical === true ? 'critical' : 'plain', extra.value);
  }
  return all;
}

function keyUsageNode(names: readonly KeyUsage[]): Node {
  const numbers = names.map((name) => KEY_USAGES.indexOf(name));
  const last = Math.max(0, ...numbers);
  const bytes = new Uint8Array((last >> 3) + 1);
  for (const n of numbers) bytes[n >> 3] = (bytes[n >> 3] ?? 0) | (0x80 >> (n & 7));
  return bits(bytes, names.length === 0 ? 0 : 7 - (last & 7));
}

/** otherName of a type; `value` is the inner string. */
export function otherName(type: string, value: Node): Node {
  return tagged(0, oid(type), tagged(0, value));
}

function generalNames(names: Names): readonly Node[] {
  return [
    ...(names.dns ?? []).map((n) => context(2, Buffer.from(n, 'latin1'))),
    ...(names.srv ?? []).map((n) => otherName(SRV_NAME, ia5(n))),
    ...(names.xmpp ?? []).map((n) => otherName(XMPP_ADDR, utf8(n))),
    ...(names.ip ?? []).map((n) => context(7, ipBytes(n))),
    ...(names.email ?? []).map((n) => context(1, Buffer.from(n, 'latin1'))),
    ...(names.uri ?? []).map((n) => context(6, Buffer.from(n, 'latin1'))),
    ...(names.raw ?? []),
  ];
}

function subtreeNodes(trees: Subtrees): readonly Node[] {
  const directories = (trees.directory ?? []).map((subject) => tagged(4, nameNode({ subject })));
  const masked = (trees.ip ?? []).map((text) => {
    const [address = '', mask = ''] = text.split('/');
    return context(7, Buffer.concat([ipBytes(address), ipBytes(mask)]));
  });
  return [...generalNames({ ...trees, ip: [] }), ...masked, ...directories].map((base) => sequence(base));
}

function ipBytes(text: string): Uint8Array {
  const bytes = addressBytes(text);
  if (bytes === undefined) throw new Error(`no address: ${text}`);
  return bytes;
}

const SRV_NAME = '1.3.6.1.5.5.7.8.7';
const XMPP_ADDR = '1.3.6.1.5.5.7.8.5';
const ATTRIBUTES: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  L: '2.5.4.7',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  DC: '0.9.2342.19200300.100.1.25',
};
/** RFC 5280 4.2.1.12. */
const PURPOSES: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
};
