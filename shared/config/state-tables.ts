/** The tables of the state storage account. */
export const stateTables = {
  claims: 'bronzeclaims',
  ledger: 'bronzeledger',
  inbox: 'consumerinbox',
  participants: 'participants',
  sagas: 'sagas',
  sagaListing: 'sagastate',
  choreography: 'choreography',
  deadLetters: 'brzeventdeadletter',
  circuits: 'circuits',
} as const;
