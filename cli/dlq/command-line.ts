/** The same command again, from where it has stopped: to be copied into a shell. */
export function toCommandLine(args: readonly string[], after: string): string {
  const kept = args.filter((arg, at) => !/^--after(=|$)/.test(arg) && args[at - 1] !== '--after');
  return ['npm run dlq --', ...kept.map(quote), '--after', quote(after)].join(' ');
}

function quote(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}
