import { mutationsOf, type Mutation } from './mutation.ts';

/** Faults in the participants' side of the protocol. */
export const participantFaults: readonly Mutation[] = mutationsOf(
  'domain/participant-protocol.ts',
  [
    [
      'a participant forgets what it answered',
      '  if (earlier !== undefined) return { record, reply: toReply(command, earlier) };\n  const step = participant',
      '  const step = participant',
    ],
    [
      'a compensation leaves no tombstone',
      '{ ...record.undone, [command.undoes]: now }',
      '{ ...record.undone }',
    ],
    [
      'a compensation leaves a tombstone only of what it has seen',
      '{ ...record.undone, [command.undoes]: now }',
      '{ ...record.undone, ...(answerTo(record, command.undoes) && { [command.undoes]: now }) }',
    ],
    [
      'a late command is executed in spite of its tombstone',
      'if (Object.hasOwn(record.undone, command.id)) {',
      'if (Object.hasOwn(record.undone, command.id) && now < 0) {',
    ],
    [
      'a command is executed after its deadline',
      'isBefore(command.notAfter, now)',
      'isBefore(now, command.notAfter) && now < 0',
    ],
    [
      'a refusal to undo is remembered as the answer',
      "if (result.kind === 'refused') {",
      "if (result.kind === 'refused' && now < 0) {",
    ],
    [
      'a compensation of an unknown command is refused',
      "isEffective ? undo(record.own, step.data) : { kind: 'done', own: record.own, data: {} };",
      "isEffective ? undo(record.own, step.data) : { kind: 'refused', code: 'unknown', detail: '' };",
    ],
    [
      'a compensation is answered but not carried out',
      'isEffective ? undo(record.own, step.data) : {',
      'isEffective && record === undefined ? undo(record, step.data) : {',
    ],
  ],
);

/** Faults in what depends on what. */
export const definitionFaults: readonly Mutation[] = mutationsOf(
  'sagas/order-fulfilment/definition.ts',
  [
    [
      'money is refunded although the parcel is not recalled',
      "name: 'refund-payment', dependsOn: ['ship-order']",
      "name: 'refund-payment', dependsOn: []",
    ],
    [
      'an order is cancelled although its stock is reserved',
      "name: 'cancel-order', dependsOn: ['reserve-stock']",
      "name: 'cancel-order', dependsOn: []",
    ],
    [
      'stock is released although the parcel is not recalled',
      "dependsOn: ['pick-order', 'ship-order']",
      'dependsOn: []',
    ],
    [
      'a parcel cannot be recalled',
      "      compensation: { name: 'recall-shipment', dependsOn: [] },\n",
      '',
    ],
  ],
);
