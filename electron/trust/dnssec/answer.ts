/**
 * answer.ts: one step of an answer: the records, an alias or the absence at one name.
 *
 * In:   a name, a type, the message that tells of it
 * Out:  Judged: its state, its records, the alias's target
 * Not:  following the alias (validate.ts)
 */
import type { DnsName } from '../../../shared/basics.ts';
import type { Question } from '../../../shared/observation.ts';
import { sayDnssec } from '../../../shared/phrases/dnssec.ts';
import type { DnssecSaid } from '../../../shared/phrases/dnssec.ts';
import type { DnssecLink } from '../../../shared/report.ts';
import type { DnsMessage, Rr } from '../../wire/dns-message.ts';
import { isTooLong, parent, ROOT, selfAndAncestors } from '../../wire/dns-name.ts';
import { decodeCname, decodeDname } from '../../wire/dns-records.ts';
import { TYPE, typeName } from '../../wire/dns-type.ts';
import { unanswered, walk } from './chain.ts';
import type { SecureFooting, Walker } from './chain.ts';
import { judgeAbsence, judgeNoCloser } from './denial.ts';
import { MOST_ITERATIONS } from './denial-nsec3.ts';
import { linkOf, signatureOf } from './link.ts';
import { claimedSigners, setAt, setsOf, setsOfType } from './rrset.ts';
import type { RrSet, Signature } from './rrset.ts';
import { checkRrset } from './signature.ts';
import type { Terms } from './signature.ts';
import { MOST_DENIALS } from './work.ts';

type Shown = {
  readonly said: DnssecSaid;
  readonly chain: readonly DnssecLink[];
  readonly anchor: string | null;
  readonly ttl: number;
};
export type Judged =
  | (Shown & {
      readonly status: 'secure' | 'insecure' | 'indeterminate';
      readonly records: readonly Rr[];
      /** Where an alias leads; null where it leads to no possible name; undefined without an alias. */
      readonly target: DnsName | null | undefined;
      readonly missing: Question | null;
    })
  | (Shown & { readonly status: 'bogus' });

/** What a claimed signer that is proven signed does not bear out. */
type Fault = { readonly said: DnssecSaid; readonly footing: SecureFooting };

/** Judges what `message` says of `type` at `name`. */
export function judgeAnswer(name: DnsName, type: number, message: DnsMessage, walker: Walker): Judged {
  const told = toldOf(message, name, type);
  const sets = setsOf(message);
  const denials =
    told === undefined
      ? [TYPE.NSEC, TYPE.NSEC3].flatMap((one) => setsOfType(sets.authority, one, MOST_DENIALS))
      : [told.set];
  // A DS set belongs to the zone above its name (RFC 4035 2.4).
  const lowest = type === TYPE.DS ? parent(name) : (told?.set.name ?? name);
  let fault: Fault | undefined;
  for (const signer of claimedSigners(denials, lowest)) {
    const footing = walk(signer, 'claims', walker);
    if (footing.status !== 'secure' || footing.zone !== signer) continue;
    const judged =
      told === undefined
        ? absent(name, type, footing, message, walker)
        : present(name, type, told, footing, message, walker);
    if (judged.status !== 'bogus') return judged;
    fault ??= { said: judged.said, footing };
  }
  return unproven(name, type, told, lowest, fault, message, walker);
}

/** What a message says beyond an alias about its target. */
export function tellsAbout(
  message: DnsMessage,
  name: DnsName,
  type: number,
): 'records' | 'absence' | 'nothing' {
  if (toldOf(message, name, type) !== undefined) return 'records';
  const { authority } = setsOf(message);
  const proofs = [TYPE.SOA, TYPE.NSEC, TYPE.NSEC3].flatMap((one) => setsOfType(authority, one, 1));
  return proofs.length > 0 ? 'absence' : 'nothing';
}

/** The set that answers, and the alias's target where it is one. */
type Told = { readonly set: RrSet; readonly target: DnsName | null | undefined };

function toldOf(message: DnsMessage, name: DnsName, type: number): Told | undefined {
  const { answer } = setsOf(message);
  const set = setAt(answer, name, type);
  if (set !== undefined) return { set, target: undefined };
  const cname = setAt(answer, name, TYPE.CNAME);
  // A CNAME made from a DNAME has no signature of its own (RFC 6672 5.3.1): the DNAME counts, and we make the CNAME.
  if (cname === undefined || cname.signatures.length === 0) {
    for (const above of selfAndAncestors(name).slice(1)) {
      const dname = setAt(answer, above, TYPE.DNAME);
      if (dname !== undefined) return { set: dname, target: substituted(name, dname) };
    }
  }
  if (cname === undefined) return undefined;
  return { set: cname, target: onlyTarget(cname, decodeCname) };
}

// One target only (RFC 2181 10.1, RFC 6672 2.4); the same record twice is one record.
function onlyTarget(set: RrSet, decode: typeof decodeCname): DnsName | null {
  const [first, ...others] = set.records.map((rr) => decode(rr.rdata));
  if (first?.ok !== true) return null;
  return others.every((other) => other.ok && other.value === first.value) ? first.value : null;
}

// RFC 6672 2.2: the owner's end is replaced by the target; null if that gets too long.
function substituted(name: DnsName, dname: RrSet): DnsName | null {
  const target = onlyTarget(dname, decodeDname);
  if (target === null) return null;
  const front = dname.name === ROOT ? name : name.slice(0, name.length - dname.name.length - 1);
  const whole = (target === ROOT ? front : `${front}.${target}`) as DnsName;
  return isTooLong(whole) ? null : whole;
}

function present(
  name: DnsName,
  type: number,
  { set, target }: Told,
  footing: SecureFooting,
  message: DnsMessage,
  walker: Walker,
): Judged {
  const { terms } = walker;
  const checked = checkRrset(set, footing.zone, footing.keys, terms);
  if (!checked.ok) return bogus(footing, checked.fault);
  const records = target === undefined ? set.records : [];
  const end = { records, target, missing: null };
  const signature = signatureOf(checked.signature, terms);
  const about = { name: set.name, type: typeName(set.type), zone: footing.zone };
  const signed = sayDnssec('records-signed', { ...about, tag: signature.tag, until: signature.expiration });
  const ttl = Math.min(footing.ttl, checked.ttl);
  if (checked.encloser === null)
    return { ...reached(footing, 'secure', signed, signature, ttl), status: 'secure', ...end };
  // A DNAME made from a wildcard is undefined (RFC 6672 3.3).
  if (set.name !== name) return bogus(footing, sayDnssec('wildcard-proof-missing', about));
  const proof = judgeNoCloser(name, type, checked.encloser, footing, message, terms);
  if (proof.kind === 'failed') return bogus(footing, proof.fault);
  const both = Math.min(ttl, proof.ttl);
  if (proof.kind === 'no-closer')
    return { ...reached(footing, 'secure', signed, signature, both), status: 'secure', ...end };
  const said = leftOpen(name, footing, proof);
  return { ...reached(footing, 'insecure', said, signature, both), status: 'insecure', ...end };
}

function absent(
  name: DnsName,
  type: number,
  footing: SecureFooting,
  message: DnsMessage,
  walker: Walker,
): Judged {
  const denial = judgeAbsence(name, type, footing, message, walker.terms);
  if (denial.kind === 'failed') return bogus(footing, denial.fault);
  const end = { records: [], target: undefined, missing: null };
  const signature = denial.signature === null ? null : signatureOf(denial.signature, walker.terms);
  const ttl = Math.min(footing.ttl, denial.ttl);
  if (denial.kind === 'no-data' || denial.kind === 'no-name') {
    const said = sayDnssec('absence-signed', { name, type: typeName(type), zone: footing.zone });
    return { ...reached(footing, 'secure', said, signature, ttl), status: 'secure', ...end };
  }
  const said = leftOpen(name, footing, denial);
  return { ...reached(footing, 'insecure', said, signature, ttl), status: 'insecure', ...end };
}

// No signature that we can believe: is that right, wrong, or not to be known?
function unproven(
  name: DnsName,
  type: number,
  told: Told | undefined,
  lowest: DnsName,
  fault: Fault | undefined,
  message: DnsMessage,
  walker: Walker,
): Judged {
  let footing = walk(lowest, 'proofs', walker);
  if (footing.status === 'secure' && footing.hole?.kind === 'missing') {
    footing = unanswered(footing, footing.hole.question);
  }
  if (footing.status === 'indeterminate' && fault !== undefined) {
    // What claims to come from a zone that is proven signed, and fails there, is wrong whatever else is not known; unless
    // the answer itself shows that an unsigned zone begins where the DS is lacking.
    const { missing } = footing;
    if (missing === null || !leavesOpen(missing.name, fault.footing, message, walker.terms))
      return bogus(fault.footing, fault.said);
  }
  if (footing.status === 'secure') {
    const { zone, absent: gone } = footing;
    const about = { name: told?.set.name ?? name, type: typeName(told?.set.type ?? type), zone };
    const code = told === undefined ? 'denial-missing' : 'signature-missing';
    const unsigned = told !== undefined && told.set.signatures.length === 0;
    // TRUST-RULES 3.7: somebody answers for a name that does not exist.
    if (unsigned && gone !== null)
      return bogus(footing, sayDnssec('private-name', { name, absent: gone, zone }));
    // A zone cut whose proof is wrong explains more than what is wrong below it.
    const hole = footing.hole?.kind === 'wrong' ? footing.hole.fault : undefined;
    return bogus(footing, fault?.said ?? hole ?? strangeSigner(told, about) ?? sayDnssec(code, about));
  }
  const { chain, anchor, said } = footing;
  if (footing.status === 'bogus') return { status: 'bogus', chain, anchor, said, ttl: 0 };
  const records = told === undefined || told.target !== undefined ? [] : told.set.records;
  const ttl = records.reduce((least, rr) => Math.min(least, rr.ttl), footing.ttl);
  const missing = footing.status === 'indeterminate' ? footing.missing : null;
  return { status: footing.status, chain, anchor, said, ttl, records, target: told?.target, missing };
}

function leavesOpen(name: DnsName, footing: SecureFooting, message: DnsMessage, terms: Terms): boolean {
  const denial = judgeAbsence(name, TYPE.DS, footing, message, terms);
  return denial.kind === 'opt-out' || (denial.kind === 'no-data' && denial.delegation);
}

// Signed, but in the name of a zone that is not the one of this name.
function strangeSigner(
  told: Told | undefined,
  about: { readonly name: DnsName; readonly type: string; readonly zone: DnsName },
): DnssecSaid | undefined {
  const signature: Signature | undefined = told?.set.signatures[0];
  if (signature === undefined || signature.signer === about.zone) return undefined;
  return sayDnssec('signer-wrong', { ...about, signer: signature.signer });
}

function leftOpen(
  name: DnsName,
  { zone }: SecureFooting,
  proof: { readonly kind: string; readonly iterations?: number },
): DnssecSaid {
  if (proof.iterations === undefined) return sayDnssec('opt-out', { name, zone });
  return sayDnssec('iterations-too-high', { zone, iterations: proof.iterations, limit: MOST_ITERATIONS });
}

function reached(
  footing: SecureFooting,
  status: 'secure' | 'insecure',
  said: DnssecSaid,
  signature: DnssecLink['signature'],
  ttl: number,
): Shown {
  const link = linkOf(footing.zone, status, said, signature);
  return { said, anchor: footing.anchor, ttl, chain: [...footing.chain, link] };
}

function bogus(footing: SecureFooting, said: DnssecSaid): Judged {
  const chain = [...footing.chain, linkOf(footing.zone, 'bogus', said)];
  return { status: 'bogus', said, anchor: footing.anchor, ttl: 0, chain };
}
