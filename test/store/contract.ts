import { describe } from 'vitest';
import { alertContract } from './contract/alerts.ts';
import { appendContract } from './contract/append.ts';
import { cardContract } from './contract/cards.ts';
import type { OpenStore } from './contract/harness.ts';
import { lifecycleContract } from './contract/lifecycle.ts';
import { pruneContract } from './contract/prune.ts';
import { relatedContract } from './contract/related.ts';
import { roundTripContract } from './contract/round-trip.ts';
import { searchContract } from './contract/search.ts';
import { summaryContract } from './contract/summaries.ts';
import { textSearchContract } from './contract/text-search.ts';

/**
 * The proof that a storage keeps the promises of `receiver/store/store.ts`; every backend runs it (P41). `open` makes
 * an empty store for each test.
 */
export function describeStore(name: string, open: OpenStore): void {
  describe(name, () => {
    describe('append', () => appendContract(open));
    describe('round trip', () => roundTripContract(open));
    describe('cards', () => cardContract(open));
    describe('search', () => searchContract(open));
    describe('text search', () => textSearchContract(open));
    describe('related records', () => relatedContract(open));
    describe('histogram and facets', () => summaryContract(open));
    describe('prune', () => pruneContract(open));
    describe('alerts', () => alertContract(open));
    describe('lifecycle', () => lifecycleContract(open));
  });
}
