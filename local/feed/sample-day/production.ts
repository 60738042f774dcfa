import { hourMs, later, timeAt, type Day, type DayEvent } from './day-event.ts';

const plants = ['PL-NORTH', 'PL-SOUTH'] as const;
const workCenters = ['WC-MILL', 'WC-LATHE', 'WC-WELD', 'WC-PAINT', 'WC-ASSY'] as const;
const materials = ['M-8001', 'M-8002', 'M-8130', 'M-8131', 'M-9005'] as const;
const productionOrderCount = 60;
const planning = '/erp/sap/production-orders';
const floor = '/mes/line-control/production-orders';

/** Production orders, shifts, quality holds and changes of bills of materials. */
export function productionOf(day: Day): readonly DayEvent[] {
  return [
    ...Array.from({ length: productionOrderCount }, (_, index) => orderEvents(day, index)).flat(),
    ...shiftEvents(day),
    ...Array.from({ length: day.chance.whole(8, 14) }, (_, index) => holdEvent(day, index)),
    ...Array.from({ length: day.chance.whole(4, 9) }, (_, index) => bomEvent(day, index)),
  ];
}

interface ProductionOrder {
  readonly id: string;
  readonly plant: string;
  readonly workCenter: string;
  readonly quantity: number;
  readonly releasedAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

function orderEvents(day: Day, index: number): readonly DayEvent[] {
  const order = releaseOrder(day, index);
  const { chance } = day;
  const begun = startEvents(day, order);
  if (!chance.happens(0.05)) return [...begun, ...endEvents(day, order)];
  const reason = chance.pick(['tool broken', 'material missing', 'quality stop']);
  const data = { reason, work_center: order.workCenter };
  return [...begun, ofOrder(order, 'mes.productionorder.failed', { atMs: order.endedAt, data })];
}

function releaseOrder(day: Day, index: number): ProductionOrder {
  const { chance } = day;
  const releasedAt = chance.whole(0, 16 * hourMs);
  const startedAt = later(day, releasedAt, [10, 90]);
  return {
    id: `PO-${dateOf(day)}-${String(index + 1).padStart(3, '0')}`,
    plant: chance.pick(plants),
    workCenter: chance.pick(workCenters),
    quantity: chance.whole(20, 400),
    releasedAt,
    startedAt,
    endedAt: later(day, startedAt, [60, 360]),
  };
}

/** An event of a production order, told by planning (`erp`) or by the shop floor (`mes`). */
function ofOrder(
  { id }: ProductionOrder,
  name: string,
  { atMs, data }: { readonly atMs: number; readonly data: object },
): DayEvent {
  return {
    name,
    source: name.startsWith('erp.') ? planning : floor,
    subject: id,
    correlation: id,
    via: 'hub',
    atMs,
    data: { production_order_id: id, ...data },
  };
}

function startEvents(day: Day, order: ProductionOrder): readonly DayEvent[] {
  const { plant, quantity, workCenter, releasedAt, startedAt, endedAt } = order;
  const plan = {
    material_id: day.chance.pick(materials),
    quantity,
    unit: 'PC',
    plant,
    planned_start: timeAt(day, releasedAt),
    planned_end: timeAt(day, endedAt),
  };
  const dispatch = { work_center: workCenter, quantity };
  return [
    ofOrder(order, 'erp.productionorder.created', { atMs: releasedAt, data: plan }),
    ofOrder(order, 'mes.productionorder.created', { atMs: startedAt, data: dispatch }),
    statusEvent(day, order, { from: 'released', to: 'in_progress', atMs: startedAt }),
  ];
}

function endEvents(day: Day, order: ProductionOrder): readonly DayEvent[] {
  const { quantity, workCenter, endedAt } = order;
  const scrap = day.chance.whole(0, 6);
  const completedAt = timeAt(day, endedAt);
  const result = {
    quantity_good: quantity - scrap,
    quantity_scrap: scrap,
    work_center: workCenter,
    completed_at: completedAt,
  };
  const closing = { quantity: quantity - scrap, unit: 'PC', completed_at: completedAt };
  const [reportedAt, closedAt] = [later(day, endedAt, [1, 10]), later(day, endedAt, [10, 30])];
  return [
    ofOrder(order, 'mes.productionorder.completed', { atMs: endedAt, data: result }),
    statusEvent(day, order, { from: 'in_progress', to: 'completed', atMs: reportedAt }),
    ofOrder(order, 'erp.productionorder.completed', { atMs: closedAt, data: closing }),
  ];
}

function statusEvent(
  day: Day,
  order: ProductionOrder,
  { from, to, atMs }: { readonly from: string; readonly to: string; readonly atMs: number },
): DayEvent {
  const { plant } = order;
  const data = { previous_status: from, status: to, changed_at: timeAt(day, atMs), plant };
  return ofOrder(order, 'erp.productionorder.status_changed', { atMs, data });
}

function shiftEvents(day: Day): readonly DayEvent[] {
  const { chance } = day;
  return plants.flatMap((plant) =>
    [6, 14, 22].map((hour): DayEvent => {
      const id = `${plant}-${dateOf(day)}-${String(hour)}`;
      return {
        name: 'mes.shift.completed',
        source: '/mes/line-control/shifts',
        subject: id,
        via: 'hub',
        atMs: hour * hourMs + chance.whole(0, 5 * 60_000),
        data: {
          shift_id: id,
          plant,
          started_at: timeAt(day, (hour - 8) * hourMs),
          ended_at: timeAt(day, hour * hourMs),
          output_quantity: chance.whole(2_000, 5_000),
          scrap_quantity: chance.whole(10, 90),
          downtime_minutes: chance.whole(0, 75),
          supervisor_id: `E-${chance.whole(100, 140)}`,
        },
      };
    }),
  );
}

function holdEvent(day: Day, index: number): DayEvent {
  const { chance } = day;
  const lot = `LOT-${dateOf(day)}-${String(index + 1).padStart(2, '0')}`;
  const atMs = chance.whole(hourMs, 23 * hourMs);
  return {
    name: 'quality.inspection.hold_created',
    source: '/quality/lims/holds',
    subject: lot,
    via: 'servicebus',
    atMs,
    data: {
      hold_id: `H-${lot}`,
      lot_id: lot,
      material_id: chance.pick(materials),
      reason: chance.pick(['dimension out of tolerance', 'surface defect', 'hardness too low']),
      quantity: chance.whole(1, 500),
      inspector_id: `E-${chance.whole(200, 220)}`,
      created_at: timeAt(day, atMs),
    },
  };
}

function bomEvent(day: Day, index: number): DayEvent {
  const { chance } = day;
  return {
    name: 'erp.bom.component_changed',
    source: '/erp/sap/bills-of-material',
    subject: `BOM-${String(index + 1).padStart(3, '0')}`,
    via: 'hub',
    atMs: chance.whole(8 * hourMs, 17 * hourMs),
    data: {
      bom_id: `BOM-${String(index + 1).padStart(3, '0')}`,
      product_id: `P-${chance.whole(1000, 1009)}`,
      component_id: chance.pick(materials),
      change: chance.pick(['added', 'removed', 'replaced', 'quantity_changed']),
      previous_quantity: chance.whole(0, 4),
      quantity: chance.whole(1, 8),
      effective_from: timeAt(day, 24 * hourMs).slice(0, 10),
    },
  };
}

function dateOf(day: Day): string {
  return timeAt(day, 0).slice(0, 10).replaceAll('-', '');
}
