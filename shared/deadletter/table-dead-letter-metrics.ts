import type { TableClient, TransactionAction } from '@azure/data-tables';
import { orStatus } from '../kernel/storage-failure.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { DeadLetterMetrics, Notice, Turn } from '../ports/dead-letter-metrics.ts';
import { rangeFilter } from './keys.ts';
import type { Row } from './letter-row-codec.ts';
import {
  alertPartition,
  alertPrefixes,
  alertRow,
  backlogAddress,
  backlogRow,
  hourRange,
  isTaken,
  metricRow,
  noticeAddress,
  noticeRow,
  toAlert,
  toBacklog,
  toMetric,
  toNotice,
  toTurn,
  toTurnState,
  turnAddress,
  turnRow,
} from './metric-row-codec.ts';
import {
  chunk,
  deleteRows,
  putRows,
  queryRows,
  readRow,
  transact,
  transactionSize,
} from './table-requests.ts';

/** Metrics and alerts in partitions of their own of the table of dead letters. */
export function createTableDeadLetterMetrics(table: TableClient): DeadLetterMetrics {
  return {
    begin: (now, until) => begin(table, now, until),
    end: async ({ etag }, measuredHour) => {
      const row = turnRow({ until: 0, measuredHour });
      const request = table.updateEntity(row, 'Replace', { etag });
      await orStatus([404, 412], request, 'end a measurement');
    },
    // The total comes last: it says that the hour was measured.
    writeHour: async (_hour, metrics) => {
      const isTotal = (each: (typeof metrics)[number]): boolean => each.scope.kind === 'total';
      await putRows(table, metrics.filter((each) => !isTotal(each)).map(metricRow));
      await putRows(table, metrics.filter(isTotal).map(metricRow));
    },
    readHour: async (hour) => {
      const { partition, prefix } = hourRange(hour);
      const rows = await queryRows(table, { filter: rangeFilter(partition, prefix) });
      const metrics = rows.map(toMetric);
      return metrics.some(({ scope }) => scope.kind === 'total') ? metrics : undefined;
    },
    keepBacklog: (backlog) => putRows(table, [backlogRow(backlog)]),
    backlog: async () => {
      const row = await readRow(table, backlogAddress);
      return row && toBacklog(row);
    },
    alerts: async () => (await queryAlerts(table, alertPrefixes.alert)).map(toAlert),
    keep: async (alerts, notices) => {
      // Should they be too many for one transaction: better told twice than never.
      const rows = [...notices.map(noticeRow), ...alerts.map(alertRow)];
      for (const batch of chunk(rows, transactionSize)) {
        const actions = batch.map((row): TransactionAction => ['upsert', row, 'Replace']);
        await orStatus([], table.submitTransaction(actions), 'keep alerts');
      }
    },
    due: async (now, limit) => {
      const waiting = (await queryAlerts(table, alertPrefixes.due)).map(toNotice);
      return waiting.filter(({ nextAt }) => nextAt <= now).slice(0, limit);
    },
    settle: (notice) => settle(table, notice),
    notices: async (limit) => {
      const prefixes = [alertPrefixes.due, alertPrefixes.sent];
      const rows = await Promise.all(prefixes.map((prefix) => queryAlerts(table, prefix, limit)));
      const notices = rows.flat().map(toNotice);
      return notices.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
    },
  };
}

async function queryAlerts(
  table: TableClient,
  prefix: string,
  limit?: number,
): Promise<readonly Row[]> {
  const filter = rangeFilter(alertPartition, prefix);
  return await queryRows(table, limit === undefined ? { filter } : { filter, limit });
}

async function begin(table: TableClient, now: EpochMs, until: EpochMs): Promise<Turn | undefined> {
  const row = await readRow(table, turnAddress);
  const state = row === undefined ? { until: 0, measuredHour: null } : toTurnState(row);
  if (isTaken(state, now)) return undefined;
  const taken = turnRow({ ...state, until });
  const request =
    row?.etag === undefined
      ? table.createEntity(taken)
      : table.updateEntity(taken, 'Replace', { etag: row.etag });
  const answer = await orStatus([404, 409, 412], request, 'begin a measurement');
  return answer?.etag === undefined ? undefined : toTurn(state, answer.etag);
}

async function settle(table: TableClient, notice: Notice): Promise<void> {
  if (notice.delivery === 'waiting') {
    await putRows(table, [noticeRow(notice)]);
    return;
  }
  const { partitionKey, rowKey } = noticeAddress(notice, true);
  const isMoved = await transact(table, [
    ['upsert', noticeRow(notice), 'Replace'],
    ['delete', { partitionKey, rowKey }],
  ]);
  if (isMoved) return;
  await putRows(table, [noticeRow(notice)]);
  await deleteRows(table, [{ partitionKey, rowKey }]);
}
