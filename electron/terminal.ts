/**
 * terminal.ts: a report, to be read in a terminal. Verdict first, then the way there, the routes, and what to do.
 *
 * In:   a report
 * Out:  text; every line of it safe to print (nothing from outside reaches the terminal unseen)
 * Not:  deciding or explaining anything: all sentences come with the report
 */
import { contacted } from '../shared/contacted.ts';
import { explained } from '../shared/exact.ts';
import { contactPhrases } from '../shared/phrases/contacted.ts';
import { verdictPhrases } from '../shared/phrases/verdict.ts';
import type {
  EndpointReport,
  Report,
  Route,
  RouteName,
  SrvAnswer,
  Step,
  TargetReport,
} from '../shared/report.ts';
import { ROUTES } from '../shared/report.ts';
import { freshSteps, reasonsBeside } from '../shared/view.ts';
import { visible } from '../shared/visible.ts';
import { describeObservation } from './observation-text.ts';
import { painter, type Paint } from './paint.ts';
import { describeClients } from './terminal-clients.ts';
import { describeNext } from './terminal-next.ts';
import { asIs, wrap } from './wrap.ts';

export type TerminalOptions = {
  readonly verbose: boolean;
  readonly colour: boolean;
  /** Columns of the terminal; null where there is none, and nothing is broken. */
  readonly columns?: number | null;
};

/** The whole report as text, a blank line at its end. */
export function describe(report: Report, options: TerminalOptions): string {
  const paint = painter(options.colour);
  const lines: string[] = [];
  const { verdict, input } = report;
  const title =
    input.unicode === undefined || input.unicode === input.domain
      ? input.domain
      : `${input.unicode} (${input.domain})`;
  lines.push(
    paint('bold', `${visible(title)}  ${input.service === 'xmpp-client' ? 'for clients' : 'for servers'}`),
  );
  const { said, others } = reasonsBeside(verdict);
  const refs = [...new Set(said.map((reason) => reason.ref))].map((ref) => `[${visible(ref)}]`).join(' ');
  lines.push(
    `${mark(verdict.outcome, paint)} ${paint('bold', visible(verdict.sentence, LONGEST_SENTENCE))}${refs === '' ? '' : ` ${paint('dim', refs)}`}`,
  );
  for (const reason of others.slice(0, options.verbose ? undefined : 6)) {
    lines.push(`    ${visible(reason.text, LONGEST_SENTENCE)} ${paint('dim', `[${visible(reason.ref)}]`)}`);
  }
  for (const warning of report.warnings ?? [])
    lines.push(`  ${paint('yellow', '!')} ${visible(warning.text, LONGEST_SENTENCE)}`);

  lines.push('', paint('bold', 'The way there'));
  const told = new Set<string>();
  for (const srv of report.discovery.srv) lines.push(...describeSrv(srv, paint, options.verbose, told));
  for (const target of report.targets)
    lines.push(...describeTarget(target, paint, options.verbose, verdict.sentence));

  lines.push(...describeNext(report, paint));
  if (report.clients !== undefined) lines.push(...describeClients(report.clients, report, paint));
  if (options.verbose) lines.push(...describeVerbose(report, paint));
  lines.push(
    '',
    paint(
      'dim',
      `${report.durationMs} ms, resolver ${report.resolver.urls.map((u) => visible(u)).join(', ')}, signatures ${report.resolver.dnssecData}${report.resolver.anchor === null ? '' : `, trust anchor ${report.resolver.anchor}`}`,
    ),
  );
  if (!options.verbose)
    lines.push(paint('dim', 'mellon check --verbose shows every step, --json the whole report.'));
  return wrap(`${lines.join('\n')}\n\n`, options.columns ?? null);
}

/** `told` has the links of the chain that were told already: most answers share all but the last. */
function describeSrv(srv: SrvAnswer, paint: Paint, verbose: boolean, told: Set<string>): string[] {
  const lines = [
    `  ${proofMark(srv.dnssec, srv.answer === 'failed', paint)} SRV ${visible(srv.owner)}  ${srv.answer}, ${srv.dnssec}`,
  ];
  if (verbose || srv.dnssec === 'bogus' || srv.answer === 'failed')
    lines.push(`      ${visible(srv.why, LONGEST_SENTENCE)}`);
  if (verbose)
    for (const link of srv.chain ?? []) {
      if (link.text === srv.why || told.has(link.text)) continue;
      told.add(link.text);
      const zone = link.zone === '' ? 'the root' : visible(link.zone);
      lines.push(`      ${paint('dim', `${zone} ${link.status}: ${visible(link.text, LONGEST_SENTENCE)}`)}`);
    }
  return lines;
}

/** `said` is the sentence that stands above all and need not be said again. */
function describeTarget(target: TargetReport, paint: Paint, verbose: boolean, said: string): string[] {
  const lines = [
    `  └ ${visible(target.host)}:${target.port} (${target.mode})  delegation: ${target.delegation ?? 'refused'}`,
  ];
  for (const answer of target.addresses) {
    if (verbose || answer.dnssec === 'bogus' || answer.answer === 'failed') {
      lines.push(
        `      ${proofMark(answer.dnssec, answer.answer === 'failed', paint)} ${answer.type} ${answer.answer}, ${answer.dnssec}: ${visible(answer.why, LONGEST_SENTENCE)}`,
      );
    }
  }
  const { tlsa } = target;
  if (tlsa.answer !== 'not-asked')
    lines.push(
      `      ${proofMark(tlsa.dnssec, tlsa.answer === 'failed', paint)} TLSA ${tlsa.answer}, ${tlsa.dnssec}`,
    );
  for (const row of tlsa.records.slice(0, verbose ? undefined : 4)) {
    lines.push(
      `        ${tick(row.matches, paint)} ${visible(row.text, 90)}`,
      `          ${paint('dim', visible(row.why, LONGEST_SENTENCE))}`,
    );
  }
  for (const warning of target.warnings ?? [])
    lines.push(`      ${paint('yellow', '!')} ${visible(warning.text, LONGEST_SENTENCE)}`);
  for (const endpoint of target.endpoints) lines.push(...describeEndpoint(endpoint, paint, verbose, said));
  return lines;
}

function describeEndpoint(e: EndpointReport, paint: Paint, verbose: boolean, said: string): string[] {
  const tls = e.tls === null ? '' : `, ${visible(e.tls.protocol)} ${visible(e.tls.cipher)}`;
  const lines = [`    ${mark(e.verdict.outcome, paint)} ${e.address ?? 'no address'}  ${e.reached}${tls}`];
  const sentence = unsaid(e.verdict.sentence, said);
  if (sentence !== '') lines.push(`        ${visible(sentence, LONGEST_SENTENCE)}`);
  if (e.chain.length > 0) {
    for (const check of e.checks ?? [])
      lines.push(`        ${tick(check.ok, paint)} ${visible(check.text, LONGEST_SENTENCE)}`);
    lines.push('        Routes to trust');
    for (const name of ROUTES) {
      const known = name === 'pkix-delegated' ? e.routes.pkix.steps : [];
      lines.push(...describeRoute(name, e.routes[name], known, paint, verbose));
    }
  }
  if (verbose) {
    lines.push(
      `        stream: STARTTLS ${e.stream.starttls}, SASL ${visible(e.stream.mechanisms.join(' ')) || 'not seen'}${(e.stream.channelBindings ?? []).length === 0 ? '' : `, channel binding ${visible((e.stream.channelBindings ?? []).join(' '))}`}`,
    );
    for (const [i, c] of e.chain.entries()) {
      lines.push(
        `        certificate ${i}: ${visible(c.subject) || 'without a subject'}`,
        `          issued by ${visible(c.issuer) || 'a nameless issuer'}, ${c.notBefore} to ${c.notAfter}`,
        `          SHA-256 ${c.sha256}`,
        `          key SHA-256 ${c.spkiSha256}`,
      );
      for (const n of c.names.slice(0, 20))
        lines.push(
          `          ${n.type} ${visible(n.value)}${n.why === undefined ? '' : `: ${visible(n.why)}`}`,
        );
    }
  }
  return lines;
}

/** What of an endpoint's sentence does not stand above all: the domain's may only add which endpoint it is. */
function unsaid(sentence: string, said: string): string {
  if (said.startsWith(sentence)) return '';
  const without = verdictPhrases.withoutDnssec();
  return said.includes(without) ? sentence.replace(without, '') : sentence;
}

/** `known` are lines that stand under the route before. */
function describeRoute(
  name: RouteName,
  route: Route,
  known: readonly Step[],
  paint: Paint,
  verbose: boolean,
): string[] {
  const state = { open: '✓', shut: '✗', contradicted: '✗', absent: '·', unknown: '?' }[route.state];
  const colour = route.state === 'open' ? 'green' : route.state === 'contradicted' ? 'red' : 'dim';
  const lines = [`          ${paint(colour, `${state} ${name.padEnd(15)} ${route.state}`)}`];
  if (!verbose) return lines;
  lines.push(...freshSteps(route.steps, known).map((s) => `              ${stepLine(s, paint)}`));
  if (route.opensBy !== null && route.state !== 'open') {
    for (const part of explained(route.opensBy)) {
      const text = visible(part.text, LONGEST_SENTENCE);
      lines.push(part.kind === 'prose' ? `              ${text}` : asIs(`                  ${text}`));
    }
  }
  return lines;
}

function describeVerbose(report: Report, paint: Paint): string[] {
  const lines: string[] = [];
  if (report.resolver.findings !== undefined) {
    lines.push(
      '',
      paint('bold', 'The resolver'),
      ...report.resolver.findings.map((s) => `  ${stepLine(s, paint)}`),
    );
  }
  if (report.posh !== undefined) {
    lines.push('', paint('bold', 'POSH'));
    for (const hop of report.posh.hops) {
      lines.push(
        `  ${visible(hop.url)}  ${hop.status === null ? visible(hop.problem ?? '') : `status ${hop.status}`}`,
      );
      lines.push(...hop.certificate.map((s) => `    ${stepLine(s, paint)}`));
    }
    lines.push(
      ...report.posh.fingerprints.map((f) => `    ${visible(f.text)}: ${visible(f.why, LONGEST_SENTENCE)}`),
    );
    lines.push(...report.posh.notes.map((n) => `    ${visible(n.text, LONGEST_SENTENCE)}`));
  }
  if (report.hostMeta !== undefined) {
    lines.push('', paint('bold', 'Host-meta (XEP-0156)'));
    for (const e of report.hostMeta.endpoints)
      lines.push(
        `  ${e.secure === null ? '?' : e.secure ? '✓' : '✗'} ${e.kind} ${visible(e.url)}  ${visible(e.note, LONGEST_SENTENCE)}`,
      );
    lines.push(...report.hostMeta.notes.map((n) => `    ${visible(n.text, LONGEST_SENTENCE)}`));
  }
  lines.push('', paint('bold', contactPhrases.title));
  for (const c of contacted(report.observations)) {
    const at = c.address === null ? '' : ` ${contactPhrases.at(visible(c.address))}`;
    lines.push(
      `  ${contactPhrases.kinds[c.kind].padEnd(13)}${visible(c.where)}${at}  ${contactPhrases.times(c.times, c.failed)}, ${contactPhrases.when(c.first, c.last)}, ${contactPhrases.bytes(c.bytes)}`,
    );
  }
  lines.push(
    '',
    paint('bold', 'Observations'),
    ...report.observations.map((o) => `  ${o.id.padEnd(5)}${describeObservation(o)}`),
  );
  return lines;
}

function stepLine(s: Step, paint: Paint): string {
  return `${tick(s.ok, paint)} ${visible(s.text, LONGEST_SENTENCE)}${s.ref === undefined ? '' : ` ${paint('dim', `[${visible(s.ref)}]`)}`}`;
}

function tick(ok: boolean | null, paint: Paint): string {
  if (ok === null) return paint('dim', '?');
  return ok ? paint('green', '✓') : paint('red', '✗');
}

function mark(outcome: Report['verdict']['outcome'], paint: Paint): string {
  switch (outcome) {
    case 'auto-accept':
      return paint('green', '✓');
    case 'manual':
      return paint('yellow', '!');
    case 'refuse':
      return paint('red', '✗');
    default:
      return paint('dim', '–');
  }
}

function proofMark(status: SrvAnswer['dnssec'], failed: boolean, paint: Paint): string {
  if (status === 'bogus') return paint('red', '✗');
  if (failed || status === 'indeterminate') return paint('dim', '?');
  return status === 'secure' ? paint('green', '✓') : paint('dim', '·');
}

/** Long enough for a whole TLSA record or POSH document in a sentence. */
const LONGEST_SENTENCE = 4096;
