/**
 * Statistics as states that merge: each {@code add}s what one image gives, {@code mergeWith} joins
 * two states of disjoint data in either order, and the finishers leave the state as it is. Any
 * split of the data gives the state of the whole, to rounding.
 */
package dev.puad.model.stats;
