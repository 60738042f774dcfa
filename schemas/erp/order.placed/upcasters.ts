import type { Upcaster } from '../../../shared/schema/index.ts';

/** Version 1 was written by a shop that sold in one currency. */
const addCurrency: Upcaster = (data) => ({ currency: 'USD', ...data });

export const upcasters: readonly Upcaster[] = [addCurrency];
