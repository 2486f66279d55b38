/**
 * clients-judge.ts: how would another program decide?
 *
 * In:   what it would have seen, and the facts about it
 * Out:  its decision, with the reason
 * Not:  whether that is wise
 *
 * The order is that of the programs: connect, TLS, what was remembered, DANE, then chain and name, then POSH. Where several things
 * are wrong, the strictest reaction counts; where a fact is missing, the result is `unknown`, never a guess.
 */
import type {
  ClientDecision,
  ClientProfile,
  ClientResult,
  ClientStep,
  Reaction,
  Situation,
} from '../../shared/clients.ts';
import { CLIENT_REASONS, type ClientReason } from '../../shared/phrases/clients.ts';
import type { ClientEvidence } from './clients-evidence.ts';

type Decided = {
  readonly result: ClientResult;
  readonly reason: ClientReason;
  readonly step: ClientStep;
  readonly what?: string;
  readonly note?: string | null;
};

/** Decides as the program of `profile` would (results for its default settings). Pure and total. */
export function judgeClient(evidence: ClientEvidence, profile: ClientProfile): ClientDecision {
  const decided =
    decideConnection(evidence, profile) ??
    withDnssec(evidence, profile, decideCertificate(evidence, profile));
  const { result, reason, step, what = '', note } = decided;
  const once = profile.on_failure.prompt_options.some((option) => option.startsWith('once'));
  const onceHere =
    once && !(profile.on_failure.prompt_options.includes('once (expired only)') && what !== 'expired');
  return {
    result,
    asks: result === 'asks' ? (onceHere ? 'once' : 'always') : null,
    reason: CLIENT_REASONS[reason]({ what, note: note ?? '' }),
    partsAt: SAME_AS[evidence.mellon] === result ? null : step,
  };
}

function decideConnection(e: ClientEvidence, profile: ClientProfile): Decided | null {
  const { transport } = profile;
  if (e.reached === 'unreachable')
    return { result: 'cannot-connect', reason: 'unreachable', step: 'connect' };
  if (e.reached === 'not-tested') return { result: 'unknown', reason: 'not-tested', step: 'connect' };
  if (profile.web_only && e.transport !== 'web')
    return { result: 'cannot-connect', reason: 'web-only', step: 'connect' };
  if (e.transport === 'direct-tls' && transport.direct_tls_srv === false)
    return { result: 'cannot-connect', reason: 'no-direct-tls', step: 'connect' };
  if (e.transport === 'direct-tls' && transport.direct_tls_srv === null)
    return { result: 'unknown', reason: 'direct-tls-unknown', step: 'connect' };
  if (e.reached === 'no-tls') return decideNoTls(profile);
  if (e.reached === 'no-certificate')
    return { result: 'cannot-connect', reason: 'no-certificate', step: 'tls' };
  const [spoken, least] = [TLS_ORDER.indexOf(e.protocol ?? ''), TLS_ORDER.indexOf(transport.min_tls ?? '')];
  if (spoken >= 0 && spoken < least)
    return { result: 'cannot-connect', reason: 'old-tls', step: 'tls', what: e.protocol ?? '' };
  return null;
}

function decideNoTls(profile: ClientProfile): Decided {
  const exception = exceptionOf(profile, 'no_starttls_offered');
  if (exception !== null)
    return { result: resultOf(exception), reason: 'no-tls-unknown', step: 'tls', note: exception.note };
  switch (profile.transport.starttls_required) {
    case true:
      return { result: 'refuses', reason: 'no-tls-refused', step: 'tls' };
    case false:
      return { result: 'accepts', reason: 'no-tls-plain', step: 'tls' };
    case null:
      return { result: 'unknown', reason: 'no-tls-unknown', step: 'tls' };
  }
}

function decideCertificate(e: ClientEvidence, profile: ClientProfile): Decided {
  const plain = decidePlain(e, profile);
  const remembered = decideRemembered(e, profile, plain);
  if (remembered !== null) return remembered;
  return withPosh(e, profile, withDane(e, profile, plain));
}

/** Where validating DNS answers is a matter of how the program was built or set up, so is going on over forged ones. */
function withDnssec(e: ClientEvidence, { dnssec }: ClientProfile, so: Decided): Decided {
  if (!e.srvBogus || so.result !== 'accepts' || dnssec.method !== 'local_validation') return so;
  if (dnssec.default === null || ALWAYS_SAME.includes(dnssec.default)) return so;
  return { result: 'depends', reason: 'dnssec-setting', step: 'connect', note: dnssec.note };
}

/** Chain and name alone. */
function decidePlain(e: ClientEvidence, profile: ClientProfile): Decided {
  const name = nameCounts(e, profile);
  const chain = chainReaction(e, profile);
  const { wrong_name: wrongName } = profile.reactions;
  if (chain === null && name === 'yes')
    return profile.identity.reference.includes('none')
      ? { result: 'accepts', reason: 'name-ignored', step: 'name' }
      : { result: 'accepts', reason: 'all-good', step: 'path' };
  const byName =
    name === 'yes' ? null : name === 'no' ? resultOf(wrongName) : unlessAccepted(wrongName, name);
  const byChain = chain === null ? null : resultOf(chain.reaction);
  const results = [byName, byChain].filter((one) => one !== null);
  const result = SEVERITY.find((one) => results.includes(one)) ?? 'unknown';
  if (result === 'accepts')
    return { result, reason: 'nothing-verified', step: chain === null ? 'name' : 'path' };
  const note = (chain !== null && result === byChain ? chain.reaction : wrongName).note;
  if (chain === null) return { result, reason: 'name', step: 'name', what: referencesOf(profile), note };
  return byName === null
    ? { result, reason: 'path', step: 'path', what: chain.what, note }
    : { result, reason: 'name-and-path', step: 'path', what: chain.what, note };
}

type Answer = 'yes' | 'no' | 'depends' | 'unknown';

/** Whether a name of the certificate is one that the program looks for: the most lenient rule that it has. */
function nameCounts(e: ClientEvidence, profile: ClientProfile): Answer {
  const { identity } = profile;
  if (identity.reference.includes('none')) return 'yes';
  if (identity.direct_tls_by_address && e.transport === 'direct-tls') return 'no';
  const { names } = e;
  const answers: Answer[] = [
    // No program is known that refuses a certificate with exactly the name wanted.
    names.dns && identity.dns_id !== false ? 'yes' : 'no',
    names.srv ? ofKnown(identity.srv_id) : 'no',
    names.xmpp ? ofKnown(identity.xmpp_addr) : 'no',
    names.cn ? commonName(e, identity.cn_id) : 'no',
    names.wildcardOne ? oneLabel(identity) : 'no',
    names.wildcardDeep ? anyDepth(identity.wildcard) : 'no',
    names.target ? identity.srv_target[e.delegation] : 'no',
  ];
  return LENIENCE.find((one) => answers.includes(one)) ?? 'no';
}

function commonName(e: ClientEvidence, rule: ClientProfile['identity']['cn_id']): Answer {
  switch (rule) {
    case 'always':
      return 'yes';
    case 'never':
    case 'never_by_default':
      return 'no';
    case 'only_if_no_other_id':
      return e.names.anySan ? 'no' : 'yes';
    case 'only_if_no_dns_san':
      return e.names.anyDnsSan ? 'no' : 'yes';
    case 'always_openssl_fallback_gnutls':
      return e.names.anySan ? 'depends' : 'yes';
    case 'unknown':
      return 'unknown';
  }
}

/** Every rule that was read takes one label; where no rule was read, a program that reads dNSNames at all does, too. */
function oneLabel(identity: ClientProfile['identity']): Answer {
  return identity.wildcard === null ? ofKnown(identity.dns_id) : 'yes';
}

function anyDepth(rule: ClientProfile['identity']['wildcard']): Answer {
  if (rule === null) return 'unknown';
  return rule.startsWith('left_most_label_any_depth') ? 'yes' : 'no';
}

/** Null where the chain is good. An expired certificate of an unknown issuer is both: the stricter reaction counts. */
function chainReaction(
  e: ClientEvidence,
  profile: ClientProfile,
): { reaction: Reaction; what: string } | null {
  const { reactions } = profile;
  const wrong: { reaction: Reaction; what: string }[] = [];
  if (!e.chain.anchored)
    wrong.push(
      e.chain.selfSigned
        ? { reaction: reactions.self_signed, what: 'self-signed' }
        : { reaction: reactions.unknown_ca, what: 'unknown issuer' },
    );
  if (!e.chain.inDate) wrong.push({ reaction: reactions.expired, what: 'expired' });
  if (e.chain.anchored && !e.chain.sound) wrong.push({ reaction: reactions.unknown_ca, what: 'not sound' });
  return SEVERITY.flatMap((result) => wrong.filter((one) => resultOf(one.reaction) === result))[0] ?? null;
}

function decideRemembered(e: ClientEvidence, profile: ClientProfile, plain: Decided): Decided | null {
  const { remembered } = profile;
  if (e.remembered === 'none' || remembered.what === null) return null;
  const chainGood = chainReaction(e, profile) === null;
  if (e.remembered === 'other') {
    const exception = exceptionOf(
      profile,
      chainGood ? 'remembered_then_other_valid_cert' : 'remembered_then_other_untrusted_cert',
    );
    if (exception !== null) return rememberedAs('remembered-other', exception);
    if (remembered.when_other_cert === 'prompt')
      return { result: 'asks', reason: 'remembered-other', step: 'remembered' };
    if (remembered.when_other_cert === 'refuse')
      return { result: 'refuses', reason: 'remembered-other', step: 'remembered' };
    return null;
  }
  if (plain.result === 'accepts') return null;
  const name = nameCounts(e, profile);
  const faults: readonly (readonly [boolean, boolean | null, Situation])[] = [
    [!e.chain.anchored || !e.chain.sound, remembered.overrides_untrusted, 'remembered_same_cert_untrusted'],
    [!e.chain.inDate, remembered.overrides_expired, 'remembered_same_cert_expired'],
    [name !== 'yes', remembered.overrides_wrong_name, 'remembered_same_cert_wrong_name'],
  ];
  const here = faults.filter(([holds]) => holds);
  const exceptions = here
    .map(([, , situation]) => exceptionOf(profile, situation))
    .filter((one) => one !== null);
  const [exception] = exceptions;
  if (exception !== undefined) return rememberedAs('remembered-same', exception);
  // What memory does not forgive is judged as if nothing were remembered.
  if (here.some(([, overrides]) => overrides === false))
    return remembered.when_other_cert === 'refuse' || name !== 'yes' ? plainOf(e, profile, here) : plain;
  const known = here.every(([, overrides]) => overrides === true);
  return { result: known ? 'accepts' : 'unknown', reason: 'remembered-same', step: 'remembered' };
}

/** The reaction to the faults that memory does not forgive. */
function plainOf(
  e: ClientEvidence,
  profile: ClientProfile,
  here: readonly (readonly [boolean, boolean | null, Situation])[],
): Decided {
  const left = new Set(
    here.filter(([, overrides]) => overrides !== true).map(([, , situation]) => situation),
  );
  return decidePlain(
    {
      ...e,
      chain: {
        ...e.chain,
        anchored: e.chain.anchored || !left.has('remembered_same_cert_untrusted'),
        inDate: e.chain.inDate || !left.has('remembered_same_cert_expired'),
      },
    },
    profile,
  );
}

function rememberedAs(reason: ClientReason, reaction: Reaction): Decided {
  return { result: resultOf(reaction), reason, step: 'remembered', note: reaction.note };
}

function withDane(e: ClientEvidence, profile: ClientProfile, plain: Decided): Decided {
  const { dane } = profile;
  if (!dane.supported || e.dane === 'none') return plain;
  const evaluated = e.dane === 'match' ? daneMatch(e, profile, plain) : daneMismatch(profile, plain);
  if (dane.default === 'on' || dane.default === 'on_when_loaded') return evaluated;
  return evaluated.result === plain.result
    ? plain
    : { ...evaluated, result: 'depends', reason: 'dane-setting' };
}

function daneMatch(e: ClientEvidence, profile: ClientProfile, plain: Decided): Decided {
  const matched: Decided = { result: 'accepts', reason: 'dane-match', step: 'dane' };
  if (plain.result === 'accepts') return plain;
  if (profile.dane.match_skips_name_check === true || nameCounts(e, profile) === 'yes') return matched;
  // The chain is replaced, the name is not.
  const named = decidePlain({ ...e, chain: GOOD_CHAIN }, profile);
  return profile.dane.match_skips_name_check === null && named.result !== 'accepts'
    ? { ...named, result: 'unknown' }
    : named;
}

function daneMismatch(profile: ClientProfile, plain: Decided): Decided {
  if (profile.dane.on_mismatch === 'fall_back_to_stored_or_pkix_or_prompt') return plain;
  const result = profile.dane.on_mismatch === null ? 'unknown' : 'refuses';
  return { result, reason: 'dane-mismatch', step: 'dane' };
}

/** POSH is asked only where the rest does not hold. */
function withPosh(e: ClientEvidence, profile: ClientProfile, so: Decided): Decided {
  const { posh } = profile;
  if (!posh.supported || e.posh === 'none' || so.result === 'accepts' || so.step === 'dane') return so;
  const replaced = posh.replaces_name_check
    ? 'accepts'
    : decidePlain({ ...e, chain: GOOD_CHAIN }, profile).result;
  const matched: Decided = { result: replaced, reason: 'posh-match', step: 'posh' };
  if (replaced === so.result || so.result === 'unknown') return so;
  const isOn = posh.default === 'on' || posh.default === 'on_when_loaded';
  if (isOn && e.posh === 'match') return matched;
  // Not known whether a document is there: what is known of the rest stands, unless the module is what the profile is about.
  if (e.posh === 'unknown' && !(isOn && posh.replaces_name_check)) return so;
  return { ...matched, result: 'depends', reason: 'posh-setting' };
}

function exceptionOf(profile: ClientProfile, situation: Situation): Reaction | null {
  return profile.exceptions[situation] ?? null;
}

function unlessAccepted(reaction: Reaction, otherwise: 'depends' | 'unknown'): ClientResult {
  return reaction.result === 'accept' ? 'accepts' : otherwise;
}

function ofKnown(known: boolean | null): Answer {
  return known === null ? 'unknown' : known ? 'yes' : 'no';
}

/** A reaction in the words of the comparison. */
export function resultOf(reaction: Reaction): ClientResult {
  switch (reaction.result) {
    case 'accept':
    case 'accept_unencrypted':
      return 'accepts';
    case 'prompt':
      return 'asks';
    case 'refuse':
      return 'refuses';
    case 'depends':
      return 'depends';
    case 'not_applicable':
    case 'unknown':
      return 'unknown';
  }
}

function referencesOf(profile: ClientProfile): string {
  return profile.identity.reference.map((one) => one.replaceAll('_', ' ')).join(', ');
}

const GOOD_CHAIN: ClientEvidence['chain'] = { anchored: true, selfSigned: false, inDate: true, sound: true };
const SEVERITY: readonly ClientResult[] = ['refuses', 'unknown', 'depends', 'asks', 'accepts'];
const LENIENCE: readonly Answer[] = ['yes', 'depends', 'unknown', 'no'];
const ALWAYS_SAME: readonly string[] = ['on', 'on_when_loaded', 'off'];
const TLS_ORDER: readonly string[] = ['TLSv1', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
const SAME_AS = {
  'auto-accept': 'accepts',
  manual: 'asks',
  refuse: 'refuses',
  unreachable: 'cannot-connect',
} as const;
