/**
 * The tables: their schemas and keys, their catalog, and commits that two writers may try at once.
 */
package dev.puad.jobs.table;
