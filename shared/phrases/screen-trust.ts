/**
 * screen-trust.ts: the window's texts for deciding, for pins and watches, and for the demo realm.
 *
 * In:   counts, names and words of the report
 * Out:  trust, one table
 * Not:  sentences about trust made by the rules (they come inside the report)
 */
import type { Swap } from '../bridge.ts';
import type { Finding } from '../pin.ts';
import type { ManualCase } from '../report.ts';

type CaseText = {
  readonly name: string;
  readonly plain: string;
  readonly attacker: string;
  readonly admin: string;
};
const NOBODY_NEW =
  'Anyone on the way between you and the server can make such a certificate in a minute, read your password and your messages, and pass everything on unnoticed.';

const cases: Readonly<Record<ManualCase, CaseText>> = {
  'watched-key-changed': {
    name: 'A watched key changed',
    plain:
      'You asked to be told when this server shows a key that was not seen before. It does now. It may be a planned change. It may be somebody in between with a valid certificate.',
    attacker:
      'Somebody who controls the network near the server can get a valid certificate for it. In 2023 that was done to jabber.ru for months, and no certificate authority noticed.',
    admin: 'Ask the admin whether the key was changed, over another channel than this server.',
  },
  'proof-unknown': {
    name: 'The proof could not be had',
    plain: 'A proof by DNSSEC was asked for, or was there before, and could not be had this time.',
    attacker:
      'Somebody who controls your network can take the signatures away, so that only weaker proofs are left.',
    admin: 'First try another resolver or another network: the server may be perfectly in order.',
  },
  'constraint-violated': {
    name: 'A certificate breaks a limit of its issuer',
    plain:
      'The path to a trust anchor exists, but a certificate on it is used beyond what it was issued for.',
    attacker: 'Limits exist so that one stolen or careless authority cannot speak for every name.',
    admin: 'The server needs a certificate whose whole path keeps its limits.',
  },
  'weak-certificate': {
    name: 'The certificate is weak',
    plain: 'A key or a signature on the path is of a kind that can be forged with enough effort.',
    attacker: 'With enough computing power, a certificate that looks the same can be made by somebody else.',
    admin: 'The server needs a new certificate with a modern key and signature.',
  },
  'incomplete-chain': {
    name: 'A certificate in between is missing',
    plain:
      'The server names an authority that signed it, but did not send that authority’s own certificate. So nobody can follow the path to a trust anchor.',
    attacker: NOBODY_NEW,
    admin: 'The server must send its full chain (often a file called fullchain.pem).',
  },
  'wrong-name-untrusted-issuer': {
    name: 'Wrong name, and nobody known vouches',
    plain: 'The certificate is not for this service, and it does not lead to a trust anchor.',
    attacker: NOBODY_NEW,
    admin:
      'The server needs a certificate for this domain, or a TLSA record in signed DNS, or a POSH document.',
  },
  'right-name-untrusted-issuer': {
    name: 'Proper name, but no CA and no trust anchor',
    plain:
      'The certificate carries the right name. But anybody can write any name; only the one who signs it makes it worth something, and nobody known signed this one.',
    attacker: NOBODY_NEW,
    admin:
      'A certificate signed by a public authority, a TLSA record in signed DNS, or a POSH document makes this step unnecessary.',
  },
  'trusted-issuer-wrong-name': {
    name: 'Signed by a CA and chains to a trust anchor, but not the service’s identifier',
    plain:
      'An authority vouches for another name than the one you asked for. This is usual where one host serves many domains, and it is also what a wrong server looks like.',
    attacker:
      'Anybody can get a valid certificate for a domain of their own, and show it to you in place of the right one.',
    admin:
      'The hosting needs a certificate for your domain, or your domain needs signed SRV records, a TLSA record or a POSH document.',
  },
  'not-yet-valid': {
    name: 'The certificate is not valid yet',
    plain: 'Its first day is in the future. Often a clock is wrong, on the server or here.',
    attacker: 'By itself little; but a clock that is turned can bring back certificates that were withdrawn.',
    admin: 'Check the clock of this machine first, then the server’s.',
  },
  expired: {
    name: 'The certificate has expired',
    plain: 'It was good until its last day. Nobody vouches for it any longer.',
    attacker:
      'Keys of expired certificates are kept with less care, and nobody lists them as stolen. Somebody with the old key could pose as the server.',
    admin: 'The server’s certificate must be renewed.',
  },
};

const swaps: Readonly<Record<Swap, string>> = {
  renewed: 'a renewed certificate with the same key',
  'new-key': 'a certificate with a new key',
  expired: 'a certificate that has expired',
  'other-algorithm': 'a certificate with another kind of key (RSA)',
  back: 'its first certificate again',
};
const findings: Readonly<Record<Finding, string>> = {
  same: 'the same certificate as at the last look',
  first: 'seen for the first time',
  renewed: 'renewed with a known key',
  'new-key': 'NEW KEY',
  'not-seen': 'no certificate seen',
};

export const trust = {
  decide: {
    title: 'Your decision',
    case: 'Why it is up to you',
    attacker: 'What an attacker could do',
    admin: 'What would make this step unnecessary',
    cases,
    leave: 'Leave',
    left: 'Left. Nothing was accepted and nothing is remembered.',
    once: 'Accept once',
    onceNote: '“Accept once” holds until this program ends; nothing is written down.',
    forever: 'Accept forever…',
    foreverTitle: (domain: string) => `Accept forever for ${domain}`,
    wrong: 'What is wrong today',
    remembered: 'What will be remembered',
    byCertificate: 'This very certificate. Every renewal asks again.',
    byKey: 'Its key. A renewal with the same key is accepted; a new key asks again.',
    scope: (domain: string, service: string) =>
      `Only for ${domain} (${service}), and only with what is wrong today. Anything new that is wrong asks again.`,
    ends: 'Until (empty: no end)',
    note: 'Note, for example how you compared the fingerprint',
    undo: 'To undo it: page “Pins”, then “Revoke”.',
    fingerprint: 'Fingerprint to compare (SHA-256)',
    paste: 'Paste the fingerprint that the admin gave you over another channel',
    match: 'It is the same. This is the certificate that the admin means.',
    differ: 'It is NOT the same. Do not accept: this is another certificate than the admin’s.',
    incomplete: 'Not complete: a SHA-256 fingerprint has 64 hex digits.',
    manualToo: 'Also count when I type the host by hand',
    confirm: 'Accept forever',
    unchecked: 'You have not compared the fingerprint. The button works, but then this rests on luck.',
    done: (domain: string) => `Remembered for ${domain}. Checking again…`,
    onceDone: 'Accepted until this program ends. Checking again…',
    confirmInTerminal: 'Look at the terminal: it asks you to confirm this.',
    which: 'Which certificate',
    replaceTitle: 'The accepted certificate has changed: compare and replace',
    replaceIntro:
      'You accepted another certificate for this domain before. If the admin confirms the new one, it takes the old one’s place, with what is wrong today; then the check runs again. Revoke the old pin on the page “Pins” if you would rather accept nothing.',
    old: 'Accepted then',
    now: 'Served now',
    sameKey: 'Same key, new certificate',
    newKey: 'New key',
    replace: 'Replace the old one',
    replaceNeeds: 'First paste the fingerprint that the admin gave you; it must match what is served now.',
    since: 'accepted on',
    noOld: 'The store knows no live pin of this domain any more. Check again.',
    saved: 'Nothing can be accepted from a saved report.',
  },
  pins: {
    title: 'Pins and watches',
    intro: 'What you decided to remember. A pin counts for one domain and one service only.',
    none: 'No pins yet. A pin is made where a check ends with “Your decision” and you accept forever.',
    search: 'Search in domains, notes and fingerprints',
    sort: 'Sort by',
    sorts: { domain: 'domain', created: 'newest first', ends: 'end date' },
    count: (shown: number, all: number) =>
      shown === all ? (all === 1 ? '1 pin' : `${all} pins`) : `${shown} of ${all} pins`,
    live: 'live',
    ended: 'ended',
    revoked: 'revoked',
    by: { certificate: 'by certificate', key: 'by key' },
    created: 'Accepted',
    ends: 'Ends',
    never: 'never',
    forgives: 'Forgives',
    names: 'Names then',
    note: 'Note',
    edit: 'Edit',
    save: 'Save the change',
    revoke: 'Revoke',
    revokeOf: (domain: string) => `Revoke the pin of ${domain}`,
    revokedNow: (domain: string) => `The pin of ${domain} is revoked.`,
    undo: 'Undo',
    restore: 'Restore',
    details: 'Details',
    check: 'Check now',
    export: 'Export',
    exportAs: {
      json: 'Mellon (JSON)',
      spki: 'SPKI pins (sha256/…)',
      tlsa: 'TLSA records',
      posh: 'POSH documents',
    },
    import: 'Import a file',
    imported: (pins: number, watches: number, skipped: number) =>
      `${pins} ${pins === 1 ? 'pin' : 'pins'} and ${watches} ${watches === 1 ? 'watch' : 'watches'} added, ${skipped} ${skipped === 1 ? 'entry' : 'entries'} left out.`,
    skipped: 'Skipped, and why',
    watches: 'Watched domains',
    watchIntro: 'A new key of a watched domain is never silent, even where a route is open.',
    watchNone: 'None. Watch a domain from its verdict.',
    watch: 'Watch this domain',
    unwatch: 'Stop watching',
    watching: (since: string, keys: number) =>
      `watched since ${since}, ${keys === 1 ? '1 key' : `${keys} keys`} known`,
    history: 'History',
    historyNone: 'Nothing recorded yet.',
    seen: (outcome: string, dnssec: string) => `${outcome}; DNSSEC: ${dnssec}`,
    eraseOne: 'Erase this domain',
    erase: 'Erase this domain from the history',
    eraseAll: 'Erase the whole history',
    damaged: 'The pins cannot be read now',
  },
  recheck: {
    title: 'Check all of them again',
    intro:
      'Looks at every pinned and watched domain now and tells what has changed since the last look. “mellon pins check” does the same from cron.',
    go: (count: number) => (count === 1 ? 'Check the 1 domain' : `Check all ${count}`),
    stop: 'Stop',
    progressLabel: 'Progress',
    progress: (done: number, total: number) => `${done} of ${total} checked`,
    stopped: (done: number, total: number) => `Stopped after ${done} of ${total}.`,
    summary: (done: number, looks: number) =>
      looks === 0
        ? `${done} checked; none needs a look.`
        : `${done} checked; ${looks === 1 ? '1 needs' : `${looks} need`} a look.`,
    look: 'needs a look',
    fine: 'as before',
    failed: 'Could not be checked',
    finding: findings,
  },
  demo: {
    title: 'The demo realm',
    intro:
      'Real servers on this machine’s loopback, with their own signed DNS, certificates and web servers. Nothing leaves this machine, and nothing from here counts for real checks.',
    starting: 'Starting the realm…',
    failed: 'The realm could not be started',
    list: 'Domains of the realm',
    go: (domain: string) => `Check ${domain}`,
    expect: 'Ends in',
    groups: {
      'auto-accept': 'Doors that open by themselves',
      manual: 'Doors where you decide',
      refuse: 'Doors that must stay shut',
      unreachable: 'Doors that nobody answers',
      'not-offered': 'No door at all',
      other: 'Others',
    },
    swap: {
      title: 'Try an alarm',
      intro:
        'This server runs inside this program, so its certificate can be changed here. First accept or watch the domain, then change the certificate and see what the next check says.',
      label: 'Give this server',
      ways: swaps,
      go: 'Change it and check again',
    },
    filter: 'Find a domain or a lesson',
    back: 'All domains of the realm',
  },
};
