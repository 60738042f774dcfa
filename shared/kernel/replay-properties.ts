/** Application properties by which consumers and people know the replay of a dead letter. */
export const replayProperties = {
  /** The id of the dead letter. */
  deadLetter: 'bronzeflow-dead-letter',
  /** `true` when the event is not as it died. */
  edited: 'bronzeflow-edited',
  /** In the queue of replays: the consumer whose handler is to get it. */
  origin: 'bronzeflow-origin',
} as const;
