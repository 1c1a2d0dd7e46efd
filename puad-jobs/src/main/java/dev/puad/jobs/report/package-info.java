/** What a person reads of the tables: the papers' tables with a warehouse's own rows below. */
package dev.puad.jobs.report;
