/**
 * page.ts: the whole page over a bridge that plays, for tests of the screen.
 *
 * In:   the bridge, or the report that every check ends with
 * Out:  the page drawn, and a check of shire.example shown to its last part
 * Not:  the bridge (play.ts), reports (fixtures.ts)
 */
import { fireEvent, render, screen } from '@testing-library/svelte';
import App from '../../renderer/App.svelte';
import type { Link } from '../../renderer/link.ts';
import type { RendererBridge } from '../../shared/bridge.ts';
import type { Report } from '../../shared/report.ts';
import { playBridge, played } from './play.ts';

/** Draws the page; the link to the engine is up, and stays so. */
export function openPage(bridge: RendererBridge, storage: Storage | null = window.localStorage): void {
  const link: Link = {
    bridge,
    onState: (hear) => {
      hear('ready');
      return () => undefined;
    },
    reconnect: () => undefined,
  };
  render(App, { props: { link, storage } });
}

/** Types a domain and asks for its check. */
export async function ask(domain = 'shire.example'): Promise<void> {
  await fireEvent.input(screen.getByLabelText('Domain or XMPP address'), { target: { value: domain } });
  await fireEvent.submit(screen.getByRole('search'));
}

/** Draws the page, checks shire.example, and waits for the last part of its report: what is not there now will not come. */
export async function openReport(
  done: Report,
  parts: Partial<RendererBridge> = {},
): Promise<ReturnType<typeof playBridge>> {
  const bridge = playBridge(() => played(done), parts);
  openPage(bridge);
  await ask();
  await screen.findByText('Other judges, other rules', {}, { timeout: 10_000 });
  return bridge;
}
