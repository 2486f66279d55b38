/**
 * pins-add.ts: `mellon pins add` and `mellon pins watch`: what makes trust wider, always after a look at the server as it is now.
 *
 * In:   a domain, the fingerprint that the person was given, how to remember it
 * Out:  a pin or a watch, or why not; an exit code
 * Not:  whether it may be accepted (accept.ts)
 */
import { pinsPhrases as say } from '../shared/phrases/pins-command.ts';
import type { ChainCertificate, Report } from '../shared/report.ts';
import { visible } from '../shared/visible.ts';
import { historyEntryOf, mayAccept, type Acceptance } from './accept.ts';
import {
  confirmed,
  domainOf,
  parseEnds,
  PINS_EXIT,
  trouble,
  usage,
  type PinsIo,
  type PinsOptions,
} from './pins-io.ts';
import { grouped } from './pins-text.ts';

/** `pins add DOMAIN --certificate HEX | --key HEX|sha256/BASE64 [--note] [--ends] [--replace] [--manual-too] [--service] [--yes]`. */
export async function runAdd([text]: readonly string[], options: PinsOptions, io: PinsIo): Promise<number> {
  const domain = domainOf(text ?? '');
  if (domain === null) return usage(io, say.notADomain(visible(text ?? '')));
  const { certificate, key, note, ends } = options.values;
  if ((typeof certificate === 'string') === (typeof key === 'string'))
    return usage(io, say.needs('either --certificate or --key'));
  const given = String(certificate ?? key);
  const sha256 = parseHash(given);
  if (sha256 === null) return usage(io, say.notAHash(visible(given)));
  const until = typeof ends === 'string' ? parseEnds(ends) : null;
  if (until === undefined) return usage(io, say.notATime(visible(String(ends))));
  const by = typeof key === 'string' ? 'key' : 'certificate';

  const report = await io.check(domain, options.service);
  if (report === null) return interrupted(io);
  const leaves = leavesOf(report);
  if (leaves.length === 0) return notReached(io, report);
  const leaf = leaves.find((one) => (by === 'key' ? one.spkiSha256 : one.sha256) === sha256);
  if (leaf === undefined) return notShown(io, domain, leaves);

  const view = io.store.view(domain, options.service);
  const problem = view.problem ?? null;
  if (problem !== null) {
    io.err(`mellon: ${problem}\n`);
    return PINS_EXIT.fault;
  }
  const live = view.pins.filter((pin) => pin.revoked === null).map((pin) => pin.id);
  const accepted = mayAccept(
    report,
    {
      ...{
        certificate: leaf.sha256,
        how: 'forever',
        by,
        note: typeof note === 'string' ? note : '',
        ends: until,
      },
      replaces: options.values['replace'] === true ? live : [],
      manualToo: options.values['manual-too'] === true,
    },
    { view, judgeWith: (other) => io.judgeWith(report, other), now: io.now() },
  );
  if (!accepted.ok) {
    io.err(`mellon: ${accepted.problem.text}\n`);
    return accepted.problem.code === 'refused' || accepted.problem.code === 'refused-domain'
      ? PINS_EXIT.refuse
      : PINS_EXIT.look;
  }
  io.out(summary(accepted.value));
  const sure = await confirmed(io, options, say.confirmAccept(visible(domain)), domain);
  if (sure !== null) return sure;
  const added = io.store.addPin(accepted.value.pin, accepted.value.replaces);
  if (!added.ok) return trouble(io, added.problem);
  io.out(`${say.added(added.value.id, visible(domain))}\n`);
  return PINS_EXIT.done;
}

/** `pins watch DOMAIN`: the keys that its servers show now are the known ones. */
export async function runWatch([text]: readonly string[], options: PinsOptions, io: PinsIo): Promise<number> {
  const domain = domainOf(text ?? '');
  if (domain === null) return usage(io, say.notADomain(visible(text ?? '')));
  const report = await io.check(domain, options.service);
  if (report === null) return interrupted(io);
  const entry = historyEntryOf(report);
  if (entry === null || entry.keys.length === 0) return notReached(io, report);
  if (report.verdict.outcome === 'refuse') {
    io.err(`mellon: ${say.watchRefused(visible(domain), visible(report.verdict.sentence, 1_000))}\n`);
    return PINS_EXIT.refuse;
  }
  const { watch } = io.store.view(domain, options.service);
  if (watch !== null && entry.keys.some((key) => !watch.keys.includes(key))) {
    io.err(`mellon: ${say.watchedAlready(visible(domain))}\n`);
    io.err(fingerprints(leavesOf(report).filter((leaf) => !watch.keys.includes(leaf.spkiSha256))));
    return PINS_EXIT.look;
  }
  const watched = io.store.setWatch(domain, options.service, true, entry.keys);
  if (!watched.ok) return trouble(io, watched.problem);
  io.out(`${say.watching(visible(domain), watched.value?.keys.length ?? 0)}\n`);
  return PINS_EXIT.done;
}

function summary({ pin, replaces }: Acceptance): string {
  const lines = [
    say.summary.title(pin.by, visible(pin.domain), pin.service),
    `  ${grouped(pin.sha256)}`,
    ...(pin.forgives.length === 0
      ? [say.summary.nothingWrong]
      : [say.summary.wrong, ...pin.forgives.map((code) => `  ${visible(code, 64)}`)]),
    say.summary.ends(pin.ends),
    ...(pin.manualToo ? [say.summary.manualToo] : []),
    ...(replaces.length === 0 ? [] : [say.summary.replaces(replaces.join(', '))]),
    say.summary.undo,
  ];
  return `${lines.join('\n')}\n`;
}

function leavesOf(report: Report): readonly ChainCertificate[] {
  const leaves = report.targets.flatMap((t) => t.endpoints).flatMap((e) => e.chain.slice(0, 1));
  return leaves.filter((leaf) => leaf.malformed === undefined);
}

function notShown(io: PinsIo, domain: string, leaves: readonly ChainCertificate[]): number {
  io.err(`mellon: ${say.notShown(visible(domain))}\n`);
  io.err(fingerprints(leaves));
  return PINS_EXIT.look;
}

function fingerprints(leaves: readonly ChainCertificate[]): string {
  return [...new Map(leaves.map((one) => [one.sha256, one])).values()]
    .map((leaf) => `  certificate ${grouped(leaf.sha256)}\n  key         ${grouped(leaf.spkiSha256)}\n`)
    .join('');
}

function notReached(io: PinsIo, report: Report): number {
  io.err(
    `mellon: ${say.unreachable(visible(report.input.domain), visible(report.verdict.sentence, 1_000))}\n`,
  );
  const { outcome } = report.verdict;
  if (outcome === 'not-offered') return PINS_EXIT.notOffered;
  return outcome === 'refuse' ? PINS_EXIT.refuse : PINS_EXIT.unreachable;
}

function interrupted(io: PinsIo): number {
  io.err(`mellon: ${say.interrupted}\n`);
  return PINS_EXIT.look;
}

/** Hex with or without colons and spaces, or sha256/BASE64, of 32 bytes. */
function parseHash(text: string): string | null {
  const base64 = /^sha256\/+([A-Za-z0-9+/]{43}=?)$/.exec(text)?.[1];
  const hex =
    base64 === undefined
      ? text.replaceAll(/[\s:]/g, '').toLowerCase()
      : Buffer.from(base64, 'base64').toString('hex');
  return /^[0-9a-f]{64}$/.test(hex) ? hex : null;
}
