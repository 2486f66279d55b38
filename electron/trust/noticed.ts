/**
 * noticed.ts: would somebody with a valid CA certificate for the domain, in the middle, have been noticed?
 *
 * In:   the report, the CAA finding, whether the domain is watched, how signing in was bound
 * Out:  four answers, each with its sentence
 * Not:  a verdict; finding any of it out
 */
import type { PinView } from '../../shared/pin.ts';
import { noticedPhrases as say } from '../../shared/phrases/noticed.ts';
import type { Report } from '../../shared/report.ts';
import type { ChannelBindingType, Noticed } from '../../shared/sign-in.ts';
import { visible } from '../../shared/visible.ts';
import type { CaaFinding } from './caa.ts';

/** How far signing in came. `caught`: the server refused because of the binding. */
export type BindingFacts =
  | { readonly kind: 'bound'; readonly type: ChannelBindingType }
  | { readonly kind: 'not-bound' | 'not-tried' | 'caught' };

/** The four answers, always all of them and in this order. `caa` null: an IP address. */
export function judgeNoticed(
  report: Report,
  caa: CaaFinding | null,
  pins: PinView,
  binding: BindingFacts,
): readonly Noticed[] {
  return [byDane(report), byWatch(pins), byBinding(binding), byCaa(caa)];
}

/** A usage that names the leaf (1, 3) holds against another certificate; one that names an authority (0, 2) does not. */
function byDane(report: Report): Noticed {
  const told = (answer: Noticed['answer'], text: string): Noticed => ({
    id: 'dane',
    answer,
    text,
    ref: 'RFC 7673',
  });
  const judged = report.targets.filter((t) => t.endpoints.some((e) => e.chain.length > 0));
  const protecting = judged.filter((t) => t.endpoints.some((e) => e.routes.dane.state === 'open'));
  if (protecting.length === 0) {
    const unknown = judged.some((t) => t.endpoints.some((e) => e.routes.dane.state === 'unknown'));
    return unknown ? told('unknown', say['dane-unknown']()) : told('no', say['dane-none']());
  }
  if (protecting.length < judged.length) return told('no', say['dane-some']());
  const usable = protecting.flatMap((t) => t.tlsa.records.filter((record) => record.usable));
  const onlyLeaves = usable.length > 0 && usable.every((record) => /^[13] /.test(record.text));
  return onlyLeaves ? told('yes', say['dane-leaf']()) : told('unknown', say['dane-authority']());
}

function byWatch(pins: PinView): Noticed {
  const told = (answer: Noticed['answer'], text: string): Noticed => ({
    id: 'watched-key',
    answer,
    text,
    ref: 'RFC 7469 1',
  });
  const problem = pins.problem ?? null;
  if (problem !== null) return told('unknown', say['watch-unknown']());
  return pins.watch === null ? told('no', say['not-watched']()) : told('yes', say.watched());
}

function byBinding(binding: BindingFacts): Noticed {
  const told = (answer: Noticed['answer'], text: string): Noticed => ({
    id: 'channel-binding',
    answer,
    text,
    ref: 'RFC 5802 6',
  });
  switch (binding.kind) {
    case 'bound':
      return told('yes', say.bound(binding.type));
    case 'caught':
      return told('yes', say['binding-caught']());
    case 'not-bound':
      return told('no', say['not-bound']());
    case 'not-tried':
      return told('unknown', say['binding-unknown']());
  }
}

function byCaa(caa: CaaFinding | null): Noticed {
  const told = (answer: Noticed['answer'], text: string): Noticed => ({
    id: 'caa',
    answer,
    text,
    ref: 'RFC 8657 3',
  });
  if (caa === null) return told('unknown', say['caa-address']());
  if (caa.kind === 'unknown') return told('unknown', say['caa-unknown'](caa.why));
  if (caa.kind === 'none' || caa.issuers.length === 0) return told('no', say['caa-none']());
  const owner = visible(caa.owner);
  // A property without an issuer forbids; beside others it adds nothing (RFC 8659 4.2).
  const allowed = caa.issuers.filter((issuer) => issuer.domain !== '');
  if (allowed.some((issuer) => issuer.accounts.length === 0)) return told('no', say['caa-authority'](owner));
  if (!caa.secure) return told('unknown', say['caa-unsigned'](owner));
  return told('yes', allowed.length === 0 ? say['caa-nobody'](owner) : say['caa-account'](owner));
}
