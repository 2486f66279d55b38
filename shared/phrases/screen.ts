/**
 * screen.ts: every text that the window itself says while it asks, runs and shows evidence.
 *
 * In:   counts, names and words of the report
 * Out:  screen, one table; screen-trust.ts has the texts of deciding, pins and the demo realm
 * Not:  sentences about trust made by the rules (they come inside the report)
 */
import type {
  Delegation,
  DnsAnswer,
  DnssecStatus,
  DomainOutcome,
  Reached,
  RouteName,
  RouteState,
} from '../report.ts';
import type { Observation } from '../observation.ts';

const outcomes: Readonly<Record<DomainOutcome, string>> = {
  'auto-accept': 'Accepted automatically',
  manual: 'Your decision',
  refuse: 'Refused',
  unreachable: 'Not reachable',
  'not-offered': 'Not offered',
};
const routes: Readonly<Record<RouteName, { readonly name: string; readonly asks: string }>> = {
  dane: { name: 'DANE', asks: 'Does the signed DNS name this certificate?' },
  pkix: { name: 'PKIX', asks: 'Does a certificate authority vouch for the domain itself?' },
  'pkix-delegated': {
    name: 'PKIX, delegated',
    asks: 'Does the signed DNS hand over to a host that an authority vouches for?',
  },
  posh: { name: 'POSH', asks: 'Does the domain’s own web server name this certificate?' },
  pin: { name: 'Pin', asks: 'Have you accepted this certificate or key yourself?' },
};
const states: Readonly<Record<RouteState, string>> = {
  open: 'Open',
  shut: 'Shut',
  contradicted: 'Contradicted',
  absent: 'Not available',
  unknown: 'Not known',
};
/** What it means for somebody who only wants to chat. */
const means: Readonly<Record<RouteName, string>> = {
  dane: 'The domain’s owner has published in signed DNS which certificate or authority to expect, and the server shows it. A program that checks this connects without asking you.',
  pkix: 'An authority that this machine trusts has confirmed that this certificate belongs to the domain. Nearly every program connects without asking you.',
  'pkix-delegated':
    'The domain’s signed DNS hands over to this host, and an authority that this machine trusts vouches for the host. Programs that do not check DNSSEC may still ask you.',
  posh: 'The domain’s own web site names this certificate. Few programs look there; others may still ask you.',
  pin: 'You decided this before, and what you accepted is still what you see. A program on another device will ask there.',
};
const unproven: Readonly<Record<'unreachable' | 'not-offered', string>> = {
  unreachable:
    'This is no verdict on a server: none was reached, so none could show a certificate. Check the spelling, try again later, or from another network.',
  'not-offered':
    'This is an answer and not a fault: the domain itself says that there is nothing to connect to.',
};
const dnssec: Readonly<Record<DnssecStatus, string>> = {
  secure: 'secure',
  insecure: 'insecure: proven unsigned',
  bogus: 'bogus',
  indeterminate: 'indeterminate',
};
const reached: Readonly<Record<Reached, string>> = {
  tls: 'TLS is up',
  'tls-failed': 'the TLS handshake failed',
  'no-tls': 'no TLS offered',
  'no-xmpp': 'no XMPP answered',
  refused: 'connection refused',
  timeout: 'timed out',
  unreachable: 'not reachable',
  'not-tested': 'not tested',
};
const delegations: Readonly<Record<Delegation, string>> = {
  'none-needed': 'is the domain itself',
  insecure: 'named without signed DNS',
  dnssec: 'named by signed DNS',
  manual: 'typed by hand',
};
const answers: Readonly<Record<DnsAnswer | 'not-offered' | 'not-asked', string>> = {
  records: 'records',
  none: 'no records',
  failed: 'no answer',
  'not-offered': 'says: not offered',
  'not-asked': 'not asked',
};
const kinds: Readonly<Record<Observation['kind'], string>> = {
  dns: 'DNS',
  tcp: 'Connect',
  stream: 'XMPP',
  tls: 'TLS',
  https: 'HTTPS',
};

export const screen = {
  app: {
    name: 'Mellon',
    /** The title of the window or tab; `about` is what it shows. */
    title: (about: string | null) => (about === null ? 'Mellon' : `${about} – Mellon`),
    titleVerdict: (domain: string | null, word: string) =>
      domain === null ? word : `${domain}: ${word.charAt(0).toLowerCase()}${word.slice(1)}`,
    skip: 'Skip to the content',
    pages: { check: 'Check', demo: 'Demo realm', pins: 'Pins', compare: 'Compare' },
    nav: 'Pages',
    loading: 'Connecting to the program…',
    lost: 'The connection to the program is lost. What you see is what was known until then.',
    reconnect: 'Connect again',
    noSession:
      'This page has no session. Open the address that “mellon serve” printed in the terminal, the whole of it.',
    failed: (text: string) => `That did not work: ${text}`,
    version: (version: string, runtime: string) => `Mellon ${version} on ${runtime}`,
    tagline: 'Does this server deserve your trust?',
  },
  words: {
    copy: 'Copy',
    copied: 'Copied',
    copyOf: (what: string) => `Copy ${what}`,
    save: 'Save',
    more: (count: number) => `Show ${count} more`,
    moreLines: (count: number) => `${count} more lines`,
    close: 'Close',
    yes: 'holds',
    no: 'does not hold',
    unknown: 'not known',
    none: 'none',
    notYet: 'not yet known',
    local: 'local',
    ms: (ms: number) => (ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`),
    opens: 'opens in your browser',
    cited: (count: number) => (count === 1 ? 'One text is cited here' : `${count} texts are cited here`),
    /** An ISO time as a name for a report. */
    stamp: (iso: string) => iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC'),
  },
  ask: {
    title: 'Does this server deserve your trust?',
    label: 'Domain or XMPP address',
    hint: 'For example shire.example or bilbo@shire.example',
    go: 'Check',
    again: 'Check again',
    cancel: 'Cancel',
    options: 'Options',
    optionsSet: (count: number) => (count === 1 ? '1 option set' : `${count} options set`),
    asWire: (ascii: string) => `On the wire: ${ascii}`,
    empty: 'Type a domain first.',
    open: 'Open a saved report',
    opening: 'Judging the saved report again…',
    notJson: 'This file is not a report: it is not JSON.',
    tooLarge: 'This file is larger than 32 MB; no report is that large.',
  },
  options: {
    service: 'Service',
    client: 'For people and their clients (xmpp-client)',
    server: 'Between servers (xmpp-server)',
    from: 'Asking domain (for xmpp-server)',
    resolvers: 'DNS resolvers, tried in order, one a line',
    resolversHint: 'system, udp://IP, tcp://IP, tls://HOST or https://HOST/dns-query; empty means system',
    preset: 'Add a well-known validating resolver',
    presetNone: 'Choose…',
    roots: 'Trust stores',
    bundled: 'Bundled (Mozilla’s list)',
    system: 'This machine’s own',
    files: 'Files added below',
    ca: 'Add a certificate authority (PEM file)',
    caRemove: (name: string) => `Remove ${name}`,
    dnssec: 'DNSSEC',
    requireDnssec: 'Require a DNSSEC proof',
    allowSha1: 'Let SHA-1 signatures count (RFC 9905 says not to)',
    allowPrivate: 'Allow private and loopback addresses',
    connect: 'Host and port by hand (skips discovery)',
    connectHint: 'HOST:PORT; nothing then vouches for the host’s name',
    mode: 'Kind of TLS there',
    timeout: 'Longest time in seconds',
    at: 'Judge as of (ISO time)',
    negativeAnchors: 'Names to treat as unsigned, one a line (RFC 7646)',
    trustAnchor: 'DNSSEC trust anchor (DS or DNSKEY lines, replaces the root keys)',
    reset: 'Reset all options',
    kept: 'Kept on this device for the next check.',
  },
  start: {
    lead: 'Mellon goes to a chat server as a careful program would, and says in one sentence whether to trust it, and why.',
    endsTitle: 'Three ways it can end',
    ends: {
      'auto-accept':
        'A proof holds: this server may speak for the domain. A program can connect without asking you.',
      manual: 'No proof holds, and nothing contradicts the domain’s own word. You look, and decide.',
      refuse:
        'What the domain itself says is contradicted, or the way there is not protected. Nothing can be accepted.',
    },
    demo: 'No server at hand? The demo realm is a small Middle-earth of servers that runs inside this program, offline. It has a domain for every kind of verdict.',
    demoGo: 'Enter the demo realm',
    try: (domain: string) => `Try ${domain}`,
    recentTitle: 'Recent checks',
    recentNone: 'None yet. Checks that you make are listed here, on this device only.',
    forget: 'Forget these',
    savedTitle: 'A report from somewhere else?',
    saved: 'A saved report holds everything that was seen. It is judged again here, without a network.',
  },
  run: {
    title: (domain: string) => `Checking ${domain}`,
    stopped: (domain: string) => `What was seen of ${domain}`,
    steps: 'Steps',
    progress: (seen: number) => `${seen} observations so far`,
    pending: (count: number) => (count === 1 ? '1 question open' : `${count} questions open`),
    cancelled: 'Cancelled. What was seen until then is below; it is not a verdict.',
    crashed: 'A fault of this program stopped the check. This says nothing about the server.',
    lost: 'The connection was lost during the check. Start it again.',
    nothing: 'Nothing was seen before it was cancelled.',
    /** Said once: the sentence alone where it begins with the word. */
    finished: (word: string, sentence: string) =>
      sentence.startsWith(word) ? sentence : `${word}. ${sentence}`,
    started: (domain: string) => `Check of ${domain} started.`,
    problem: 'failed',
  },
  verdict: {
    outcomes,
    place: 'Verdict',
    by: (route: RouteName) => `by ${routes[route].name}`,
    /** The sentence below its own word: what the heading says is not said again. */
    below: (word: string, sentence: string) =>
      sentence.startsWith(`${word}, because `)
        ? `Because ${sentence.slice(word.length + ', because '.length)}`
        : sentence,
    means,
    unproven,
    onlyExamples:
      'Names that end in “.example” are reserved for examples: no real server has one. Those of the demo realm are checked there.',
    inRealm: 'Check it in the demo realm',
    reasons: 'Reasons',
    moreReasons: 'More reasons',
    warnings: 'Worth knowing',
    of: (service: string) => (service === 'xmpp-server' ? 'between servers' : 'for clients'),
    recorded: (when: string) => `As recorded on ${when}. Nothing can be accepted from a saved report.`,
    took: (ms: number) => `took ${screenMs(ms)}`,
    demo: 'demo realm',
    from: (ids: string) => `Seen in ${ids}`,
    refusedWhy: 'Why there is no button to accept',
    refused:
      'Something here contradicts what the domain itself publishes, or the connection cannot be protected. Accepting it would defeat the protection that the domain asked for. The way out is a repair on the server, or another network.',
    refusedUnproven:
      'The domain’s signed DNS has to say how to reach this server and what it must show, and that could not be had or not be proven. Whoever withholds it could also show you a false certificate. Ask again through another resolver or another network; if it stays, the admin must repair the zone.',
  },
  way: {
    title: 'The way there',
    intro: 'Each hop, and how far it can be believed.',
    domain: 'Domain',
    discovery: 'SRV',
    fallback: 'No SRV records: the domain itself, on the standard port.',
    byHand: 'Discovery was skipped: the host was typed by hand.',
    notOffered: 'The domain says that it does not offer this service.',
    failed: 'Discovery failed.',
    target: 'Target',
    address: 'Address',
    tls: 'TLS',
    certificate: 'Certificate',
    verdict: 'Verdict',
    noAddress: 'no address',
    noTls: 'not reached',
    noCertificate: 'none seen',
    refusedTarget: 'cannot be believed',
    delegations,
    reached,
    answers,
    show: 'Evidence for',
    choose: 'Show evidence',
    chosen: 'Shown below',
    mode: (mode: string) => (mode === 'direct-tls' ? 'direct TLS' : 'STARTTLS'),
    count: (n: number) => (n === 1 ? '1 address' : `${n} addresses`),
  },
  routes: {
    title: 'Routes to trust',
    intro: (endpoint: string) =>
      `Five doors. One open door is enough; a contradicted one is an alarm. For ${endpoint}.`,
    names: routes,
    states,
    decided: 'This one decided',
    opensBy: 'What would open it',
    noPin: 'Nothing accepted',
    asPkix: 'The certificate and its path: as under PKIX.',
    noSteps: 'Nothing to show: this route needs something that was not seen.',
    unseen: (endpoint: string, how: string) =>
      `No certificate was seen at ${endpoint} (${how}), so no route to trust could be tried.`,
    unseenAll: 'What is known of the five routes all the same',
    publish: 'this text',
  },
  dnssec: {
    title: 'DNSSEC, link by link',
    status: dnssec,
    short: { secure: 'secure', insecure: 'insecure', bogus: 'bogus', indeterminate: 'indeterminate' },
    answers: 'Answers',
    chain: (name: string) => `Chain of trust for ${name}`,
    noChain: 'No chain is recorded for this answer.',
    root: 'the root',
    keys: 'Keys',
    ds: 'DS from the parent',
    signature: 'Signature',
    signedBy: (signer: string, tag: number) => `by ${signer} with key ${tag}`,
    valid: 'valid from',
    until: 'until',
    key: (tag: number) => `key ${tag}`,
    algorithm: (name: string) => `algorithm ${name}`,
    entry: 'secure entry point',
    signs: 'signs this',
    repair: 'Repair',
    ad: (ad: boolean) =>
      ad ? 'The resolver claims it is authentic (AD).' : 'The resolver does not claim it is authentic.',
    adDiffers: (ad: boolean) =>
      ad
        ? 'It claims more than Mellon could prove; Mellon’s own result counts.'
        : 'Mellon proved it all the same, and its own result counts.',
    resolver: (name: string) => `Answered by ${name}`,
    aliases: 'Alias',
  },
  dane: {
    title: 'DANE: TLSA records',
    columns: { record: 'Record', usable: 'Usable', matches: 'Matches', why: 'In words' },
    usable: 'usable',
    unusable: 'skipped',
    matches: 'matches',
    mismatch: 'does not match',
    notCompared: 'not compared',
    none: 'No TLSA records are published for this target.',
    notAsked: 'TLSA records were not asked for.',
    failed: 'The question for TLSA records was not answered.',
    digest: (usable: number, matching: number) => `${usable} usable, ${matching} matching`,
    at: (owner: string) => `at ${owner}`,
  },
  evidence: {
    title: 'Evidence',
    observation: 'Observation',
    of: (endpoint: string) => `of ${endpoint}`,
  },
};

function screenMs(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export const observationKinds = kinds;
