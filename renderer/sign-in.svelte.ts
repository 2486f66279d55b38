/**
 * sign-in.svelte.ts: one attempt to sign in, as the screen sees it.
 *
 * In:   the bridge, the check's id, what the person typed
 * Out:  SignInView: phase, steps as they happen, the result
 * Not:  the password: it goes through here once and stays nowhere
 */
import type { CheckId, RendererBridge } from '../shared/bridge.ts';
import { signInScreen } from '../shared/phrases/sign-in-steps.ts';
import type { SignInForm, SignInResult, SignInStep } from '../shared/sign-in.ts';

export class SignInView {
  busy = $state(false);
  steps = $state.raw<readonly SignInStep[]>([]);
  result = $state.raw<SignInResult | null>(null);
  problem = $state<string | null>(null);

  readonly #bridge: RendererBridge;
  readonly #check: CheckId;

  constructor(bridge: RendererBridge, check: CheckId) {
    this.#bridge = bridge;
    this.#check = check;
  }

  /** Runs one attempt. What went wrong before it began is in `problem`, how it ended in `result`. */
  async start(form: Omit<SignInForm, 'check'>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.steps = [];
    this.result = null;
    this.problem = null;
    const stop = this.#bridge.onCheckEvent((id, event) => {
      if (id !== this.#check || event.type !== 'sign-in') return;
      if (event.event.type === 'step') this.steps = [...this.steps, event.event.step];
    });
    try {
      const done = await this.#bridge.signIn({ ...form, check: this.#check });
      if (done.ok) this.result = done.value;
      else this.problem = done.problem.text;
    } catch (fault) {
      this.problem = fault instanceof Error ? fault.message : signInScreen.failed;
    }
    stop();
    this.busy = false;
  }

  async cancel(): Promise<void> {
    await this.#bridge.cancelCheck(this.#check).catch(() => undefined);
  }
}
