/**
 * clients.ts: how other programs judge a certificate, as data: one profile a program, version and role.
 *
 * In:   clients/profiles.json, or a person's own file of the same schema
 * Out:  ClientProfile, the schema that checks it, the profiles that ship
 * Not:  deciding by a profile (electron/trust/clients-judge.ts)
 *
 * The facts were read from public source code; each profile names repository, file and commit, and how sure each group of facts
 * is. `null` and `unknown` mean that it could not be confirmed. Every correction of the collected data stands in `corrections`.
 */
import * as v from 'valibot';
import type { Outcome } from './basics.ts';
import profilesFile from './clients/profiles.json' with { type: 'json' };

const Text = v.pipe(v.string(), v.maxLength(5_000));
const Note = v.nullable(Text);
const Known = v.nullable(v.boolean());
const Confidence = v.picklist(['high', 'medium', 'low']);
const About = { note: Note, confidence: Confidence };

/** The 22 situations of the collected data. */
export const SITUATIONS = [
  'chain_ok_dns_id',
  'chain_ok_srv_id_only',
  'chain_ok_xmpp_addr_only',
  'chain_ok_cn_only',
  'chain_ok_wildcard_one_label',
  'chain_ok_wildcard_two_labels',
  'chain_ok_srv_target_name_insecure_dns',
  'chain_ok_srv_target_name_dnssec',
  'chain_ok_wrong_name',
  'self_signed_right_name',
  'unknown_ca_right_name',
  'expired_right_name',
  'dane_ee_match_chain_bad',
  'dane_mismatch_chain_ok',
  'dane_mismatch_chain_bad',
  'posh_match_chain_bad_right_name',
  'remembered_same_cert_untrusted',
  'remembered_same_cert_expired',
  'remembered_same_cert_wrong_name',
  'remembered_then_other_untrusted_cert',
  'remembered_then_other_valid_cert',
  'no_starttls_offered',
] as const;
export type Situation = (typeof SITUATIONS)[number];

const Reaction = v.object({
  result: v.picklist([
    'accept',
    'prompt',
    'refuse',
    'accept_unencrypted',
    'depends',
    'not_applicable',
    'unknown',
  ]),
  note: Note,
});
export type Reaction = v.InferOutput<typeof Reaction>;
const PerTarget = v.picklist(['yes', 'no', 'depends', 'unknown']);

export const ClientProfileSchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9.-]{1,64}$/)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  role: v.picklist(['c2s', 's2s']),
  kind: v.picklist(['client', 'library', 'server', 'server_module']),
  platform: Text,
  library: Note,
  /** Connects by WebSocket or BOSH only (a browser). */
  web_only: v.boolean(),
  version: v.object({ label: Text, commit: Note, date: Note }),
  trust_stores: v.object({ os_store: Known, bundled: Known, own_store: Known, ...About }),
  identity: v.object({
    dns_id: Known,
    srv_id: Known,
    xmpp_addr: Known,
    cn_id: v.picklist([
      'always',
      'never',
      'never_by_default',
      'only_if_no_other_id',
      'only_if_no_dns_san',
      'always_openssl_fallback_gnutls',
      'unknown',
    ]),
    wildcard: v.nullable(
      v.picklist([
        'left_most_label_one_label',
        'left_most_label_any_depth',
        'left_most_label_any_depth_and_parent',
        'within_label_not_last_two',
        'within_label_per_rfc2818',
      ]),
    ),
    reference: v.pipe(v.array(Text), v.maxLength(10)),
    /** Whether the SRV target's name counts, with and without DNSSEC. */
    srv_target: v.object({ insecure: PerTarget, dnssec: PerTarget }),
    srv_target_condition: Note,
    /** With direct TLS the IP address is the name looked for, so that no ordinary certificate matches. */
    direct_tls_by_address: v.boolean(),
    ...About,
  }),
  dnssec: v.object({ method: Text, default: Note, ...About }),
  dane: v.object({
    supported: v.boolean(),
    usages: v.pipe(v.array(Text), v.maxLength(10)),
    default: v.nullable(v.picklist(['on', 'on_when_loaded', 'off', 'depends'])),
    on_match_chain_bad: v.nullable(v.picklist(['accept', 'accept_chain'])),
    on_mismatch: v.nullable(
      v.picklist(['refuse', 'refuse_if_secure_auth', 'invalid', 'fall_back_to_stored_or_pkix_or_prompt']),
    ),
    match_skips_name_check: Known,
    ...About,
  }),
  posh: v.object({
    supported: v.boolean(),
    spec: Note,
    default: v.nullable(v.picklist(['on', 'on_when_loaded', 'off'])),
    replaces_name_check: v.boolean(),
    ...About,
  }),
  on_failure: v.object({
    mode: Text,
    prompt_options: v.pipe(v.array(Text), v.maxLength(10)),
    trust_on_first_use: Known,
    silent_accept: Known,
    ...About,
  }),
  /** What is done when nothing vouches: the result for each kind of failure alone. */
  reactions: v.object({
    wrong_name: Reaction,
    self_signed: Reaction,
    unknown_ca: Reaction,
    expired: Reaction,
  }),
  remembered: v.object({
    what: Note,
    scope: Note,
    overrides_untrusted: Known,
    overrides_expired: Known,
    overrides_wrong_name: Known,
    when_other_cert: v.nullable(v.picklist(['re_evaluated', 'prompt', 'refuse'])),
    ...About,
  }),
  transport: v.object({
    starttls_required: Known,
    direct_tls_srv: Known,
    direct_tls_preference: Note,
    min_tls: v.nullable(v.picklist(['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'])),
    ...About,
  }),
  /** Situations in which the program does not follow its own fields; with the reason. */
  exceptions: v.partial(
    v.object(Object.fromEntries(SITUATIONS.map((s) => [s, Reaction])) as Record<Situation, typeof Reaction>),
  ),
  /** What was read to happen in each situation: tests hold the function against it. A person's own profile may leave it out. */
  outcomes: v.optional(
    v.object(Object.fromEntries(SITUATIONS.map((s) => [s, Reaction])) as Record<Situation, typeof Reaction>),
  ),
  outcomes_confidence: Confidence,
  corrections: v.pipe(v.array(v.object({ field: Text, was: v.unknown(), why: Text })), v.maxLength(50)),
  version_differences: v.pipe(v.array(Text), v.maxLength(50)),
  notes: v.pipe(v.array(Text), v.maxLength(50)),
  sources: v.pipe(
    v.array(v.object({ repo: Note, path: Note, ref: Note, lines: Note, note: Note })),
    v.maxLength(100),
  ),
});
export type ClientProfile = v.InferOutput<typeof ClientProfileSchema>;

/** A whole file. Its JSON Schema is clients/profiles.schema.json. */
export const ProfilesFileSchema = v.object({
  schema: v.literal('mellon.clients'),
  version: v.literal(1),
  profiles: v.pipe(v.array(ClientProfileSchema), v.maxLength(500)),
});

/** Checks a file of profiles. The problem names the place and what is wrong there. */
export function parseProfiles(file: unknown): Outcome<readonly ClientProfile[], string> {
  const parsed = v.safeParse(ProfilesFileSchema, file);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return { ok: false, problem: `${v.getDotPath(issue) ?? 'file'}: ${issue.message}` };
  }
  const ids = parsed.output.profiles.map((one) => one.id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) return { ok: false, problem: `two profiles are called ${twice}` };
  return { ok: true, value: parsed.output.profiles };
}

/** The profiles that ship, and a person's own: one with the same id stands in the place of the shipped one. */
export function withOwnProfiles(own: readonly ClientProfile[]): readonly ClientProfile[] {
  const mine = new Map(own.map((profile) => [profile.id, profile]));
  const kept = clientProfiles().map((profile) => mine.get(profile.id) ?? profile);
  return [...kept, ...own.filter((profile) => !kept.includes(profile))];
}

let shipped: readonly ClientProfile[] | null = null;

/** The profiles that ship with the program. */
export function clientProfiles(): readonly ClientProfile[] {
  if (shipped === null) {
    const parsed = parseProfiles(profilesFile);
    if (!parsed.ok) throw new Error(`shared/clients/profiles.json: ${parsed.problem}`);
    shipped = parsed.value;
  }
  return shipped;
}

export type ClientResult = 'accepts' | 'asks' | 'refuses' | 'cannot-connect' | 'depends' | 'unknown';
/** Where a program's way parts from Mellon's. */
export type ClientStep = 'connect' | 'tls' | 'name' | 'path' | 'dane' | 'posh' | 'remembered';
export type ClientDecision = {
  readonly result: ClientResult;
  /** With `asks`: whether "only this time" is offered, or acceptance for ever is the only way. */
  readonly asks: 'once' | 'always' | null;
  readonly reason: string;
  /** Null where the result is Mellon's own. */
  readonly partsAt: ClientStep | null;
};
export type ClientsReport = {
  readonly profiles: readonly {
    readonly id: string;
    readonly name: string;
    readonly role: 'c2s' | 's2s';
    readonly confidence: 'high' | 'medium' | 'low';
    /** The version whose sources were read. */
    readonly version: string;
    readonly kind: ClientProfile['kind'];
  }[];
  /** One row an endpoint, results in the order of `profiles`. */
  readonly rows: readonly {
    readonly host: string;
    readonly port: number;
    readonly mode: 'starttls' | 'direct-tls';
    readonly address: string | null;
    readonly results: readonly ClientDecision[];
  }[];
};
