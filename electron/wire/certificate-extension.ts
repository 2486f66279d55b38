/**
 * certificate-extension.ts: the extensions that decide over a path (RFC 5280 4.2.1).
 *
 * In:   a Certificate
 * Out:  Constraints, or which extension is malformed; the names in the form that constraints are compared with
 * Not:  applying them (trust/path)
 */
import type { Malformed, Outcome } from '../../shared/basics.ts';
import { hex, readGeneralName, type GeneralName } from './certificate-name.ts';
import type { Certificate } from './certificate.ts';
import {
  DerError,
  DerReader,
  TAG,
  booleanValue,
  constructed,
  namedBits,
  oidText,
  onlySequence,
  primitive,
  smallInteger,
} from './der.ts';

/** Null where the extension is not there. */
export type Constraints = {
  readonly basic: { readonly ca: boolean; readonly pathLength: number | null } | null;
  /** Bit numbers as in RFC 5280 4.2.1.3. */
  readonly keyUsage: ReadonlySet<number> | null;
  readonly extendedKeyUsage: readonly string[] | null;
  readonly names: {
    readonly permitted: readonly GeneralName[];
    readonly excluded: readonly GeneralName[];
  } | null;
  readonly policies: readonly string[] | null;
  readonly policyMappings: readonly (readonly [string, string])[] | null;
  readonly policyConstraints: {
    readonly requireExplicit: number | null;
    readonly inhibitMapping: number | null;
  } | null;
  readonly inhibitAny: number | null;
};

export const KEY_USAGE = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5 } as const;
/** RFC 5280 4.2.1.12 and 4.2.2. */
export const PURPOSE = {
  any: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const;
/** RFC 5280 4.2.1.4. */
export const ANY_POLICY = '2.5.29.32.0';

/** Reads every extension that path validation processes. The problem names the first one that does not parse. */
export function decodeConstraints(certificate: Certificate): Outcome<Constraints, Malformed> {
  const read = <T>(oid: string, reader: (value: Uint8Array) => T): T | null => {
    const extension = certificate.extensions.find((e) => e.oid === oid);
    return extension === undefined ? null : reader(extension.value);
  };
  return guarded(() => ({
    basic: read(OID.basicConstraints, readBasic),
    keyUsage: read(OID.keyUsage, readKeyUsage),
    extendedKeyUsage: read(OID.extendedKeyUsage, (value) => oidList(value, 'the extended key usage')),
    names: read(OID.nameConstraints, readNames),
    policies: read(OID.certificatePolicies, readPolicies),
    policyMappings: read(OID.policyMappings, readMappings),
    policyConstraints: read(OID.policyConstraints, readPolicyConstraints),
    inhibitAny: read(OID.inhibitAny, (value) => onlyInteger(value, 'inhibitAnyPolicy')),
  }));
}

/** The subject alternative names as general names, for comparing with constraints. */
export function decodeAlternativeNames(certificate: Certificate): Outcome<readonly GeneralName[], Malformed> {
  const extension = certificate.extensions.find((e) => e.oid === OID.subjectAltName);
  if (extension === undefined) return { ok: true, value: [] };
  return guarded(() => {
    const list = onlySequence(extension.value, 'the alternative names');
    const names: GeneralName[] = [];
    while (!list.done) names.push(readGeneralName(list.any()));
    return names;
  });
}

/**
 * Subject and authority key identifiers as hex, null where missing or unreadable: they only order candidates, so a
 * broken one is no reason to refuse anything.
 */
export function keyIdentifiers(certificate: Certificate): {
  readonly own: string | null;
  readonly issuer: string | null;
} {
  const find = (oid: string): Uint8Array | undefined =>
    certificate.extensions.find((e) => e.oid === oid)?.value;
  const [own, issuer] = [find(OID.subjectKeyId), find(OID.authorityKeyId)];
  const result = guarded(() => ({
    own: own === undefined ? null : hex(new DerReader(own).take(TAG.octetString, 'the key identifier').value),
    issuer: issuer === undefined ? null : readAuthority(issuer),
  }));
  return result.ok ? result.value : { own: null, issuer: null };
}

function guarded<T>(read: () => T): Outcome<T, Malformed> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (error instanceof DerError)
      return { ok: false, problem: { code: 'malformed', detail: error.message } };
    throw error;
  }
}

function readAuthority(value: Uint8Array): string | null {
  const id = onlySequence(value, 'the authority key identifier').maybe(primitive(0));
  return id === null ? null : hex(id.value);
}

function readBasic(value: Uint8Array): NonNullable<Constraints['basic']> {
  const reader = onlySequence(value, 'basicConstraints');
  const flag = reader.maybe(TAG.boolean);
  const length = reader.maybe(TAG.integer);
  reader.end('basicConstraints');
  return {
    ca: flag !== null && booleanValue(flag.value),
    pathLength: length === null ? null : smallInteger(length.value),
  };
}

function readKeyUsage(value: Uint8Array): ReadonlySet<number> {
  const reader = new DerReader(value);
  const bits = namedBits(reader.take(TAG.bitString, 'the key usage').value);
  reader.end('the key usage');
  return bits;
}

function oidList(value: Uint8Array, what: string): readonly string[] {
  const reader = onlySequence(value, what);
  const oids: string[] = [];
  while (!reader.done) oids.push(oidText(reader.take(TAG.oid, what).value));
  if (oids.length === 0) throw new DerError(`${what} is empty`);
  return oids;
}

function readNames(value: Uint8Array): NonNullable<Constraints['names']> {
  const reader = onlySequence(value, 'the name constraints');
  const permitted = readSubtrees(reader.maybe(constructed(0))?.value);
  const excluded = readSubtrees(reader.maybe(constructed(1))?.value);
  reader.end('the name constraints');
  // RFC 5280 4.2.1.10: never an empty sequence.
  if (permitted.length + excluded.length === 0) throw new DerError('name constraints that name nothing');
  return { permitted, excluded };
}

function readSubtrees(value: Uint8Array | undefined): readonly GeneralName[] {
  if (value === undefined) return [];
  const list = new DerReader(value);
  const trees: GeneralName[] = [];
  while (!list.done) {
    const tree = list.inside(TAG.sequence, 'a subtree');
    trees.push(readGeneralName(tree.any()));
    // RFC 5280 4.2.1.10: minimum is 0 (so DER leaves it out) and maximum is absent; anything else cannot be processed.
    tree.end('a subtree');
  }
  return trees;
}

function readPolicies(value: Uint8Array): readonly string[] {
  const list = onlySequence(value, 'the policies');
  const policies: string[] = [];
  // Qualifiers are for display (RFC 5280 4.2.1.4) and not read.
  while (!list.done)
    policies.push(oidText(list.inside(TAG.sequence, 'a policy').take(TAG.oid, 'a policy').value));
  if (policies.length === 0 || new Set(policies).size !== policies.length)
    throw new DerError('an impossible policy list');
  return policies;
}

function readMappings(value: Uint8Array): readonly (readonly [string, string])[] {
  const list = onlySequence(value, 'the policy mappings');
  const mappings: (readonly [string, string])[] = [];
  while (!list.done) {
    const pair = list.inside(TAG.sequence, 'a policy mapping');
    const from = oidText(pair.take(TAG.oid, 'a policy mapping').value);
    mappings.push([from, oidText(pair.take(TAG.oid, 'a policy mapping').value)]);
    pair.end('a policy mapping');
  }
  return mappings;
}

function readPolicyConstraints(value: Uint8Array): NonNullable<Constraints['policyConstraints']> {
  const reader = onlySequence(value, 'the policy constraints');
  const explicit = reader.maybe(primitive(0));
  const mapping = reader.maybe(primitive(1));
  reader.end('the policy constraints');
  if (explicit === null && mapping === null) throw new DerError('policy constraints that say nothing');
  return {
    requireExplicit: explicit === null ? null : smallInteger(explicit.value),
    inhibitMapping: mapping === null ? null : smallInteger(mapping.value),
  };
}

function onlyInteger(value: Uint8Array, what: string): number {
  const reader = new DerReader(value);
  const number = smallInteger(reader.take(TAG.integer, what).value);
  reader.end(what);
  return number;
}

const OID = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyId: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  inhibitAny: '2.5.29.54',
} as const;

/** Extensions that this program processes; any other one that is critical ends the path (RFC 5280 6.1.4 (o), 6.1.5 (f)). */
export const PROCESSED: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.subjectAltName,
  OID.basicConstraints,
  OID.nameConstraints,
  OID.certificatePolicies,
  OID.policyMappings,
  OID.policyConstraints,
  OID.extendedKeyUsage,
  OID.inhibitAny,
]);
