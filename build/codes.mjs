/**
 * codes.mjs: shared/CODES.md, the list of every reason code and step id that a report can hold, made from the sentences.
 *
 * In:   the tables of shared/phrases
 * Out:  the text of shared/CODES.md (`npm run codes` writes it; test/demo/realm.test.ts compares it)
 * Not:  the closed words of a report (shared/report.schema.json)
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './node-line.mjs';

/** Codes that stand where they are said, not in a table. */
const ELSEWHERE = {
  'algorithm-old': 'A zone is signed with SHA-1.',
  'answers-omitted': 'The DNS answers come to more bytes than one check takes.',
  'certificate-revoked': 'A stapled OCSP response says that the certificate was revoked.',
  'discovery-failed': 'No SRV question got a usable answer, and nothing proves the zone signed.',
  'evidence-differs':
    'A saved report says something else of an endpoint, a route or an answer than its observations.',
  'initiating-side':
    'Between servers: what the extended key usage means for the side that opens the connection.',
  'not-offered': 'The domain says in DNS that it does not offer the service.',
  ocsp: 'What a stapled OCSP response says.',
  'pkix-alone': 'Beside another route: what certificate authorities alone would have said.',
  'questions-omitted': 'The domain needs more questions to DNS than one check asks.',
  'report-brings-trust': 'A saved report brings its own stores or anchors.',
  'resolver-answers': 'How many questions a resolver answered.',
  'resolver-disagrees': 'A resolver vouches (AD bit) for what did not hold here.',
  'resolver-signatures': 'Whether signatures were delivered.',
  'resolver-special-names': 'Whether questions for DS, DNSKEY and underscore names are answered.',
  'resolver-validates': 'Whether the resolver says that it validates.',
  'signature-ends-soon': 'A DNSSEC signature ends soon.',
  'srv-target-alias': 'An SRV target is an alias, which RFC 2782 forbids.',
  'srv-unanswered': 'One SRV question got no answer; the other decides.',
  'targets-omitted': 'More targets or addresses than one check visits.',
  'tlsa-misplaced': 'TLSA records stand where no client looks.',
  'verdict-differs': 'A saved report says another verdict than its observations.',
  'without-dnssec': 'The whole check ran without DNSSEC.',
};

/** The page, one section a table; in the sentences, what a report fills in stands between ‹ and ›. */
export async function codesPage() {
  const read = (name) => import(join(root, `shared/phrases/${name}.ts`));
  const [verdict, reach, delegation, dane, path, identity, posh, web, meta, pin] = await Promise.all(
    [
      'verdict',
      'reach',
      'delegation',
      'dane',
      'path',
      'identity',
      'posh',
      'posh-web',
      'host-meta',
      'pin',
    ].map(read),
  );
  const sections = [
    ['Why a person must decide (`case`, and reasons)', verdict.casePhrases],
    ['Reaching a server', reach.reachPhrases],
    ['Delegation', delegation.DELEGATION],
    ['DANE', dane.DANE],
    ['PKIX: reasons', path.pathPhrases],
    ['PKIX: steps', path.stepPhrases],
    ['Identity: steps', identity.identitySteps],
    ['POSH', posh.POSH],
    ['Web servers', web.WEB],
    ['Host-meta', meta.HOST_META],
    ['Pins: reasons', pin.PIN_REASONS],
    ['Pins: steps', pin.PIN_STEPS],
    ['Elsewhere', ELSEWHERE],
  ];
  const parts = sections.map(([title, table]) => `## ${title}\n\n${rows(table)}`);
  return `${HEAD}\n${parts.join('\n\n')}\n`;
}

const HEAD = `# Reason codes and step ids

What \`reasons[].code\`, \`warnings[].code\` and \`steps[].id\` of a [report](report.schema.json) can be. The list is open: a code
is never renamed and never used for something else, but new ones come. Words between ‹ and › are filled in.

Made by \`npm run codes\` from the sentences in \`phrases/\`.
`;

function rows(table) {
  const lines = Object.entries(table)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, say]) => `| \`${code}\` | ${sentences(say).join(' / ').replaceAll('|', '\\|')} |`);
  return ['| code | what it says |', '|---|---|', ...lines].join('\n');
}

/** A phrase is a text, a function to it, an object with it, or one line each for yes, no and open. */
function sentences(say) {
  if (typeof say === 'function') return sentences(say(blank('detail'), blank('detail'), blank('detail')));
  if (typeof say === 'string') return [say.replace(/\s*\n\s*/g, ' ')];
  return [say.text, say.yes, say.no, say.open].filter((one) => one !== undefined).flatMap(sentences);
}

/** Stands for any fact: as text its name, as an object or a list whatever is taken from it. */
function blank(name) {
  const text = () => `‹${name}›`;
  return new Proxy(text, {
    get(_, key) {
      if (key === Symbol.toPrimitive || key === 'toString' || key === 'join') return text;
      if (key === 'length') return 2;
      if (['map', 'slice', 'filter'].includes(key)) return () => blank(name);
      if (key in String.prototype) return String.prototype[key].bind(text());
      return typeof key === 'string' ? blank(key) : undefined;
    },
  });
}

if (process.argv[2] === '--write') await writeFile(join(root, 'shared/CODES.md'), await codesPage());
