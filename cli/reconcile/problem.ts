import type { SequenceRange } from '../../shared/ports/ledger.ts';

/** A range of one partition. */
export interface PartitionRange extends SequenceRange {
  readonly author: string;
}

/** Something that stored data contradict. */
export interface Problem extends Partial<SequenceRange> {
  readonly kind:
    | 'gap'
    | 'overlap'
    | 'unjudged'
    | 'miscounted'
    | 'identity'
    | 'lost'
    | 'not-landed'
    | 'rows'
    | 'watermark'
    | 'unknown-author';
  readonly detail: string;
  readonly author?: string;
  readonly table?: string;
}
