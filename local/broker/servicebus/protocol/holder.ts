/** Names the link that holds a session, so that a management request can refer to it. */
export function holderOf(connectionId: string, linkName: string): string {
  return `${connectionId}/${linkName}`;
}
