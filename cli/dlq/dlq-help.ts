/** What `npm run dlq -- --help` prints. */
export const dlqHelp = `Usage: npm run dlq -- VERB [ID] [options]

Looks at dead letters and decides about them, over the HTTP API of the running application.

  list                 dead letters, oldest first
  groups               how many there are of each cause, and what brokers still hold
  show ID              everything that is kept of one: payload, violations, audit
  retry [ID]           replay to the consumer that failed
  edit ID              replay with a correction: --set, --remove, --patch
  discard [ID]         no replay is needed
  restore [ID]         open again what was discarded
  note ID              add to the audit
  export               all of them as CSV or NDJSON

Which ones (retry, discard and restore take an ID, or any of these, or --all):
  --group G            of one cause, as groups prints it
  --type T             of one event type
  --origin O           of one hub, queue or topic/Subscriptions/name
  --category C         schema, processing, timeout, poison
  --order-key K        of one order key, as show prints it
  --from, --before     died in this time (ISO 8601, UTC)
  --all                every one there is
  --state S            list and export: open (default), replayed, discarded, purged, settled, any

Decisions (retry, edit, discard, restore, note):
  --reason TEXT        why; it goes into the audit
  --as NAME            who decides, where nobody signs in (default: the user of this machine)
  --dry-run            retry, edit: say what would happen, without any effect
  --set POINTER=VALUE  edit: set a value of the event, for example --set /data/quantity=3
  --remove POINTER     edit: remove a value
  --patch JSON         edit: a JSON Patch (RFC 6902); @FILE reads it from a file
  --if-match ETAG      one ID: decide only about the version that show has printed

Output and the rest:
  --limit N            list: how many (default 50); others: how many for each request
  --after C            go on where an earlier list, retry, discard or restore has stopped
  --format F           export: csv (default) or ndjson
  --out FILE           export: into a file instead of standard output
  --json               print the answers of the API as JSON, one on each line
  --url URL            the application (default: the runtime of the data folder)
  --key KEY            the function key (default: the variable BRONZEFLOW_KEY); where people sign in,
                       BRONZEFLOW_TOKEN has their access token
  --data DIR           data folder of the runtime (default .bronzeflow)
  --help               show this

Ctrl-C stops after the request in flight and prints how to go on. Exit code 0: all that was asked is
done; 1: something is not; 2: it was asked wrongly.
`;
