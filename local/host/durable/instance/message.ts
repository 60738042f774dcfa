import type { JsonText } from '../history/history-event.ts';

/** The task that a message belongs to: a message for another execution is late. */
interface OfTask {
  readonly executionId: string;
  readonly taskId: number;
}

/** Something that happens to an instance from outside. */
export type Message =
  | ({ readonly kind: 'activityCompleted'; readonly result: JsonText } & OfTask)
  | ({
      readonly kind: 'activityFailed';
      readonly reason: string;
      readonly details: string;
    } & OfTask)
  | ({ readonly kind: 'childCompleted'; readonly result: JsonText } & OfTask)
  | ({ readonly kind: 'childFailed'; readonly reason: string } & OfTask)
  | ({ readonly kind: 'timerFired'; readonly fireAt: string } & OfTask)
  /** An entity has answered; `answer` is its response as JSON. */
  | ({ readonly kind: 'callAnswered'; readonly answer: string } & OfTask)
  | {
      readonly kind: 'eventRaised';
      /** Tells a message that comes again, after a commit with unknown outcome, from a new one. */
      readonly messageId: string;
      readonly name: string;
      readonly input: JsonText;
    }
  | { readonly kind: 'suspend' | 'resume' }
  | { readonly kind: 'terminate'; readonly reason: string };
