import type { ErrorCondition } from './codec/conditions.ts';
import type { Attach, Performative } from './codec/performatives.ts';
import { addressOf } from './codec/termini.ts';
import { emptyMap } from './codec/typed.ts';
import type { AttachRequest } from './endpoint.ts';

/** The session as its links see it. */
export interface LinkSession {
  readonly connectionId: string;
  write(performative: Performative): void;
  /** The closing handshake of a link is over: its handle may be used again. */
  forget(handle: number): void;
}

/** What both directions of a link share: the answer to the attach and the closing handshake. */
export class LinkCore {
  readonly attach: Attach;
  readonly #session: LinkSession;
  readonly #abandoned = new AbortController();
  #phase: 'attaching' | 'open' | 'detaching' | 'closed' = 'attaching';

  constructor(session: LinkSession, attach: Attach) {
    this.#session = session;
    this.attach = attach;
  }

  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  get isAttaching(): boolean {
    return this.#phase === 'attaching';
  }

  /** The part of an attach request that does not depend on the direction. */
  describeRequest(): AttachRequest {
    const { attach } = this;
    const terminus = attach.role === 'receiver' ? attach.source : attach.target;
    return {
      linkName: attach.name,
      connectionId: this.#session.connectionId,
      address: addressOf(terminus),
      properties: attach.properties,
      desiredCapabilities: attach.desiredCapabilities,
      signal: this.#abandoned.signal,
      refuse: (error) => {
        this.#refuse(error);
      },
    };
  }

  /** Answers the attach: false when it has been answered or the client has gone. */
  open(reply: Partial<Attach>): boolean {
    if (this.#phase !== 'attaching') return false;
    this.#phase = 'open';
    this.#answer({ source: this.attach.source, target: this.attach.target, ...reply });
    return true;
  }

  /** Starts the closing handshake: false when it has already been started by either side. */
  detach(error: ErrorCondition | undefined): boolean {
    if (this.#phase !== 'open') return false;
    this.#phase = 'detaching';
    this.#session.write({ type: 'detach', handle: this.attach.handle, closed: true, error });
    return true;
  }

  /** The client detaches, or confirms that we did. True when it has closed an open link. */
  onRemoteDetach(): boolean {
    const { handle } = this.attach;
    if (this.isAttaching) this.#answer({});
    if (this.isAttaching || this.isOpen)
      this.#session.write({ type: 'detach', handle, closed: true });
    this.#session.forget(handle);
    return this.onGone();
  }

  /** Nothing can be written any more. True when the link was open. */
  onGone(): boolean {
    const wasOpen = this.#phase === 'open';
    this.#phase = 'closed';
    this.#abandoned.abort();
    return wasOpen;
  }

  #refuse(error: ErrorCondition): void {
    if (this.#phase !== 'attaching') return;
    this.#phase = 'detaching';
    this.#answer({});
    this.#session.write({ type: 'detach', handle: this.attach.handle, closed: true, error });
  }

  #answer(reply: Partial<Attach>): void {
    const { attach } = this;
    const role = attach.role === 'receiver' ? 'sender' : 'receiver';
    this.#session.write({
      type: 'attach',
      name: attach.name,
      handle: attach.handle,
      role,
      sndSettleMode: attach.sndSettleMode,
      rcvSettleMode: attach.rcvSettleMode,
      source: undefined,
      target: undefined,
      initialDeliveryCount: role === 'sender' ? 0 : undefined,
      desiredCapabilities: [],
      properties: emptyMap,
      ...reply,
    });
  }
}
